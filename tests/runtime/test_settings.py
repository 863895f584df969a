"""Settings: from the environment, else from a .env file, and secret ones never shown."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from runtime.settings import Settings

ADMIN, HOOK = "the-admin-token", "the-webhook-secret"
KEY, USER = "the-private-key", "the-acting-users-token"


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder without a .env, and an environment without settings."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"ORCHESTRATOR_{name.upper()}", raising=False)


def test_without_any_setting_nothing_is_open() -> None:
    settings = Settings()
    assert settings.database_url == "sqlite+aiosqlite:///./data/orchestrator.db"
    assert settings.webhook_secrets == ()
    assert settings.admin_token.get_secret_value() == ""
    assert settings.metrics_open is False


def test_the_environment_sets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATOR_DATABASE_URL", "postgresql+asyncpg://host/log")
    monkeypatch.setenv("ORCHESTRATOR_WEBHOOK_SECRET", HOOK)
    monkeypatch.setenv("ORCHESTRATOR_ADMIN_TOKEN", ADMIN)
    monkeypatch.setenv("ORCHESTRATOR_METRICS_OPEN", "true")
    settings = Settings()
    assert settings.database_url == "postgresql+asyncpg://host/log"
    assert [each.value for each in settings.webhook_secrets] == [HOOK.encode()]
    assert settings.admin_token.get_secret_value() == ADMIN
    assert settings.metrics_open is True


def test_a_file_sets_them_and_the_environment_overrides_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lines = f"ORCHESTRATOR_ADMIN_TOKEN={ADMIN}\nORCHESTRATOR_WEBHOOK_SECRET=of-the-file\nOTHER=1\n"
    (tmp_path / ".env").write_text(lines)
    monkeypatch.setenv("ORCHESTRATOR_WEBHOOK_SECRET", HOOK)
    settings = Settings()
    assert settings.admin_token.get_secret_value() == ADMIN
    assert [each.value for each in settings.webhook_secrets] == [HOOK.encode()]


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("", ()),
        (",", ()),
        (" , ,", ()),
        ("one", (b"one",)),
        ("new,old", (b"new", b"old")),
        (" new , old ,", (b"new", b"old")),
        ("sch\u00fctz", ("sch\u00fctz".encode(),)),
        ("It's a Secret to Everybody", (b"It's a Secret to Everybody",)),
    ],
)
def test_several_secrets_are_separated_by_commas(
    monkeypatch: pytest.MonkeyPatch, text: str, secrets: tuple[bytes, ...]
) -> None:
    monkeypatch.setenv("ORCHESTRATOR_WEBHOOK_SECRET", text)
    assert tuple(each.value for each in Settings().webhook_secrets) == secrets


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
        ("METRICS_OPEN", "perhaps"),
        ("GITHUB_API_URL", "api.github.com"),
        ("GITHUB_WEB_URL", "https:// github.com"),
        ("GITHUB_API_URL", "https://github.com/" + "x" * 70_000),
        ("DATABASE_URL", os.fsdecode(b"sqlite+aiosqlite:///\xff.db")),
        ("PUBLIC_URL", "https://here.example/path"),
        ("PUBLIC_URL", "https://here.example:99999"),
        ("GITHUB_API_URL", "http://[::1"),
        ("GITHUB_WEB_URL", "https://["),
        ("RELAY_URL", "http://[::1/channel"),
        ("TRUSTED_PROXIES", "10.0.0.0/8,proxy.example"),
        ("MAX_CONNECTIONS", "0"),
        ("ADMIN_TOKEN", os.fsdecode(b"\xff")),
    ],
)
def test_a_value_that_does_not_fit_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"ORCHESTRATOR_{name}", value)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert [error["loc"] for error in refused.value.errors()] == [(name.lower(),)]


def test_what_is_secret_does_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATOR_WEBHOOK_SECRET", HOOK)
    monkeypatch.setenv("ORCHESTRATOR_ADMIN_TOKEN", ADMIN)
    monkeypatch.setenv("ORCHESTRATOR_GITHUB_PRIVATE_KEY", KEY)
    monkeypatch.setenv("ORCHESTRATOR_ACTING_USER_TOKEN", USER)
    settings = Settings()
    for shown in (repr(settings), str(settings), repr(settings.model_dump())):
        assert not [secret for secret in (HOOK, ADMIN, KEY, USER) if secret in shown]
    assert settings.webhook_secrets  # read once, it still does not show
    assert HOOK not in repr(settings)


def test_settings_do_not_change(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings()
    with pytest.raises(ValidationError):
        settings.admin_token = settings.webhook_secret  # type: ignore[misc]
    monkeypatch.setenv("ORCHESTRATOR_ADMIN_TOKEN", ADMIN)
    assert settings.admin_token.get_secret_value() == ""
