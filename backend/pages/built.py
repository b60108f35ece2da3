"""The web page as `npm run build` left it: one index that is asked for anew, files named by their content."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from flask import Response, make_response, request
from werkzeug.security import safe_join

from backend.pages.headers import APP_POLICY

BESIDE = Path(__file__).parents[2] / "miniapp_stub/dist/build/h5"
_FOREVER = "public, max-age=31536000, immutable"
# Some systems' own tables call scripts plain text, and browsers then refuse to run them.
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class BuiltPage:
    """The folder of the build; it may be made or made anew while the service runs."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = (folder or BESIDE).absolute()

    def index(self) -> Response | None:
        """The page itself; None while there is no build."""
        response = self._file("index.html", "no-cache")
        if response is not None:
            response.headers["Content-Security-Policy"] = APP_POLICY
        return response

    def file(self, name: str) -> Response | None:
        """A file of the build; None when there is none of this name."""
        return self._file(name, _FOREVER if name.startswith("assets/") else "no-cache")

    def _file(self, name: str, caching: str) -> Response | None:
        found = safe_join(str(self._folder), name)
        path = Path(found) if found else None
        if path is None or not path.is_file():
            return None
        kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        response = make_response(path.read_bytes())
        response.mimetype = kind
        response.headers["Cache-Control"] = caching
        response.add_etag()
        response.make_conditional(request)
        return response
