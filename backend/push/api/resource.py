"""What all doors of push share."""

from __future__ import annotations

from flask_restx import Api, Resource

from backend.push.service import PushService


class PushResource(Resource):
    """A door that knows the push service."""

    def __init__(self, api: Api, push: PushService) -> None:
        super().__init__(api)
        self.push = push
