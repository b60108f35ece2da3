"""Web doors of accounts."""

from __future__ import annotations

from flask_restx import Api

from backend.accounts.api import persons, sessions, staff
from backend.accounts.service import AccountService


def add_routes(api: Api, accounts: AccountService) -> None:
    """Mount `/sessions`, `/me`, `/bindings`, `/notices` and the staff doors of accounts."""
    sessions.add_routes(api, accounts)
    persons.add_routes(api, accounts)
    staff.add_routes(api, accounts)
