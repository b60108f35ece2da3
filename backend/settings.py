"""All settings, typed, read once from the environment; a wrong value stops the start, naming the variable."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Literal

from limits import parse_many
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_SCHEMES = {
    "mongodb_uri": ("mongodb://", "mongodb+srv://"),
    "redis_url": ("redis://", "rediss://", "unix://"),
}


_PREFIX = "POLICYMAP_"
# Read by the tests and by compose.yaml, not by the service.
_OF_OTHERS = {"POLICYMAP_PLAN", "POLICYMAP_SERVERS", "POLICYMAP_PUBLISHED_PORT"}


class SettingsError(Exception):
    """A setting is missing or wrong; the message names the variable."""


class Settings(BaseSettings):
    """Each field is the variable POLICYMAP_<NAME>, but for MONGODB_URI and REDIS_URL."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, extra="forbid")

    environment: Literal["development", "production"] = "development"
    data_dir: Path = Path("var")
    mongodb_uri: SecretStr | None = Field(default=None, validation_alias="MONGODB_URI")
    mongodb_database: str = "policymap"
    opensearch_url: SecretStr | None = None
    redis_url: SecretStr | None = Field(default=None, validation_alias="REDIS_URL")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    web_workers: int = Field(default=2, ge=1, le=64)
    web_threads: int = Field(default=8, ge=1, le=128)
    queue_workers: int = Field(default=2, ge=1, le=32)
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    secret_key: SecretStr | None = None
    access_minutes: int = Field(default=15, ge=1, le=240)
    refresh_days: int = Field(default=14, ge=1, le=90)
    invitation_days: int = Field(default=7, ge=1, le=60)
    confirm_days: int = Field(default=180, ge=1, le=3650)
    public_url: str = Field(default="", pattern=r"^(https?://[^\s<>\"']{3,200})?$")
    web_root: Path | None = None
    link_watch: bool = False
    audit_days: int = Field(default=365, ge=180)
    sign_in_limit: str = "10 per minute; 100 per hour"
    invitation_limit: str = "10 per minute; 50 per hour"
    assessment_limit: str = "30 per minute"
    upload_limit: int = Field(default=20 * 1024 * 1024, ge=1024)
    body_limit: int = Field(default=1024 * 1024, ge=1024)
    wechat_appid: str = ""
    wechat_secret: SecretStr | None = None
    wechat_api: str = ""
    wechat_stand_in: bool = False
    wechat_templates: dict[str, str] = Field(default_factory=dict)
    wechat_callback_token: SecretStr | None = None
    wechat_callback_key: SecretStr | None = None
    wechat_callback_key_before: SecretStr | None = None
    smtp_host: str = ""
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: SecretStr | None = None
    smtp_tls: bool = False
    mail_sender: str = ""
    clock_start: datetime | None = None
    pdf_font: Path | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("mongodb_uri", "redis_url")
    @classmethod
    def _has_scheme(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        known = _SCHEMES[info.field_name or ""]
        if value is not None and not value.get_secret_value().startswith(known):
            raise ValueError(f"must begin with {' or '.join(known)}")
        return value

    @field_validator("wechat_callback_key", "wechat_callback_key_before")
    @classmethod
    def _is_encoding_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9+/]{43}", value.get_secret_value()):
            raise ValueError("must be an EncodingAESKey of 43 characters")
        return value

    @field_validator("sign_in_limit", "invitation_limit", "assessment_limit")
    @classmethod
    def _is_rate(cls, value: str) -> str:
        parse_many(value)
        return value

    @model_validator(mode="after")
    def _fit_for_production(self) -> Settings:
        if self.environment != "production":
            return self
        for name in ("wechat_stand_in", "clock_start"):
            if getattr(self, name):
                raise ValueError(f"POLICYMAP_{name.upper()} is for development and refused in production")
        if bool(self.smtp_host) != bool(self.mail_sender):
            raise ValueError("POLICYMAP_SMTP_HOST and POLICYMAP_MAIL_SENDER go together")
        if self.secret_key is None or len(self.secret_key.get_secret_value()) < 32:
            raise ValueError("POLICYMAP_SECRET_KEY must be set in production (32 characters or more)")
        return self

    @property
    def embedded(self) -> bool:
        """Whether the embedded store is used (no MONGODB_URI)."""
        return self.mongodb_uri is None

    @cached_property
    def signing_key(self) -> str:
        """The key that signs access tokens; in development one is made and kept in the data folder."""
        if self.secret_key is not None:
            return self.secret_key.get_secret_value()
        path = self.data_dir / "secret-key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32))
        return path.read_text()


def read_settings() -> Settings:
    """Settings from the environment; SettingsError says which variable is wrong or unknown and why."""
    _refuse_unknown(os.environ)
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("; ".join(_named(problem) for problem in error.errors())) from error


def _refuse_unknown(environment: Iterable[str]) -> None:
    """A misspelt name would be a setting silently left out."""
    known = {f"{_PREFIX}{name.upper()}" for name in Settings.model_fields} | _OF_OTHERS
    for name in sorted(environment):
        if name.upper().startswith(_PREFIX) and name.upper() not in known:
            near = get_close_matches(name.upper(), known, 1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise SettingsError(f"{name}: there is no such setting{meant} (see docs/settings.md)")


def _named(problem: object) -> str:
    assert isinstance(problem, dict)
    name = str(problem["loc"][0]) if problem["loc"] else ""
    variable = name if name in {"MONGODB_URI", "REDIS_URL", ""} else f"POLICYMAP_{name.upper()}"
    return f"{variable}: {problem['msg']}" if variable else str(problem["msg"])
