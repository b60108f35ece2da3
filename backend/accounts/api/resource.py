"""What the doors of accounts share: the service they call."""

from __future__ import annotations

from flask_restx import Api, Resource

from backend.accounts.service import AccountService


class AccountResource(Resource):
    def __init__(self, api: Api, accounts: AccountService) -> None:
        super().__init__(api)
        self.accounts = accounts
