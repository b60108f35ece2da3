"""The service as `make demo` leaves it, running: for the browser and for the mini-program."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from backend.settings import Settings
from backend.shared.clock import SHANGHAI
from tests.servers.processes import ServerFailedError, free_port
from tests.servers.product import ROOT, environment, product
from tests.standins.mail import MailServer, mail_server

START = datetime(2026, 11, 26, 9, 0, tzinfo=SHANGHAI)
OPENED = START + timedelta(minutes=30)
_OFTEN = "1000 per minute"


@dataclass(frozen=True)
class Site:
    """The running product and the demo's accounts."""

    base: str
    accounts: Path
    # What it mails arrives here; a site that was running already mails elsewhere.
    mail: MailServer | None = None
    began: float = 0.0

    def now(self) -> datetime:
        """The site's own time."""
        return OPENED + timedelta(seconds=time.monotonic() - self.began)

    @property
    def passwords(self) -> dict[str, str]:
        """Password by name of the demo's staff."""
        return dict(line.split(" ", 1) for line in self.accounts.read_text("utf-8").splitlines())

    def staff(self, name: str) -> dict[str, str]:
        """Headers of a signed-in member of staff."""
        asked = {"kind": "staff", "name": name, "password": self.passwords[name]}
        answer = httpx.post(f"{self.base}/api/v1/sessions", json=asked)
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def ask(self, method: str, path: str, headers: dict[str, str], **sent: Any) -> Any:
        """The answer of the API to somebody signed in."""
        answer = httpx.request(method, f"{self.base}/api/v1{path}", headers=headers, **sent)
        assert answer.is_success, answer.text
        return answer.json()

    def invitation(self, uscc: str) -> str:
        """A code that lets a visitor act for a firm."""
        url = f"{self.base}/api/v1/staff/invitations"
        answer = httpx.post(url, json={"uscc": uscc}, headers=self.staff("demo-admin"))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["code"])

    def firms(self) -> list[str]:
        """Firms that have messages, by code."""
        url = f"{self.base}/api/v1/staff/messages"
        answer = httpx.get(url, params={"limit": 100}, headers=self.staff("demo-admin"))
        assert answer.status_code == 200, answer.text
        found = dict.fromkeys(item["uscc"] for item in answer.json()["items"])
        return [uscc for uscc in found if len(uscc) == 18]  # some are for members of staff


@contextmanager
def demo_site(folder: Path) -> Iterator[Site]:
    """The demo's data, served from half an hour after they were made."""
    prepare = {**environment(_settings(folder, START)), "DEMO_SERVE": "0"}
    command = [sys.executable, "-m", "backend.cli", "demo"]
    done = subprocess.run(command, cwd=ROOT, env=prepare, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ServerFailedError(f"the demo ended with {done.returncode}: {done.stderr[-2000:]}")
    with mail_server() as mail:
        post = {"smtp_host": "127.0.0.1", "smtp_port": mail.port, "mail_sender": "daotu@shili.example"}
        settings, began = _settings(folder, OPENED, **post), time.monotonic()
        with product(settings, folder / "server.log") as running:
            yield Site(running.base, folder / "var/demo-accounts.txt", mail, began)


def _settings(folder: Path, moment: datetime, **more: Any) -> Settings:
    return Settings(
        data_dir=folder / "var",
        port=free_port(),
        clock_start=moment,
        wechat_stand_in=True,
        sign_in_limit=_OFTEN,
        invitation_limit=_OFTEN,
        assessment_limit=_OFTEN,
        **more,
    )
