"""A wrong setting stops the start and names its variable."""

import pytest

from backend.settings import SettingsError, read_settings


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("POLICYMAP_PORT", "eighty"),
        ("POLICYMAP_PORT", "70000"),
        ("POLICYMAP_ENVIRONMENT", "prod"),
        ("POLICYMAP_ACCESS_MINUTES", "0"),
        ("POLICYMAP_LOG_LEVEL", "loud"),
        ("POLICYMAP_SIGN_IN_LIMIT", "often"),
        ("MONGODB_URI", "localhost"),
        ("REDIS_URL", "localhost:6379"),
    ],
)
def test_a_wrong_value_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=variable):
        read_settings()


@pytest.mark.parametrize(
    ("variable", "meant"),
    [("POLICYMAP_SECRETKEY", "POLICYMAP_SECRET_KEY"), ("POLICYMAP_CONFIRM_DAY", "POLICYMAP_CONFIRM_DAYS")],
)
def test_a_misspelt_name_is_refused_with_the_nearest_known(
    monkeypatch: pytest.MonkeyPatch, variable: str, meant: str
) -> None:
    monkeypatch.setenv(variable, "1")
    with pytest.raises(SettingsError, match=f"{variable}: .* did you mean {meant}"):
        read_settings()


def test_an_unknown_name_is_refused_and_those_of_the_tests_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYMAP_PLAN", "plan.txt")
    read_settings()
    monkeypatch.setenv("POLICYMAP_QQQ", "1")
    with pytest.raises(SettingsError, match="POLICYMAP_QQQ: there is no such setting"):
        read_settings()


@pytest.mark.parametrize("variable", ["POLICYMAP_WECHAT_STAND_IN", "POLICYMAP_CLOCK_START"])
def test_production_refuses_what_is_for_development(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv("POLICYMAP_ENVIRONMENT", "production")
    monkeypatch.setenv("POLICYMAP_SECRET_KEY", "k" * 40)
    monkeypatch.setenv(variable, "2026-01-01T00:00:00" if variable.endswith("START") else "true")
    with pytest.raises(SettingsError, match=variable):
        read_settings()


def test_production_needs_a_long_secret_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYMAP_ENVIRONMENT", "production")
    monkeypatch.setenv("POLICYMAP_SECRET_KEY", "short")
    with pytest.raises(SettingsError, match="POLICYMAP_SECRET_KEY"):
        read_settings()


def test_the_development_key_is_made_once_and_private(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("POLICYMAP_DATA_DIR", str(tmp_path / "data"))
    key = read_settings().signing_key
    assert len(key) == 64
    assert read_settings().signing_key == key
    assert (tmp_path / "data" / "secret-key").stat().st_mode & 0o077 == 0
