"""No secret comes out of a log line, wherever in it, however written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from runtime.redaction import Redactor, secrets_of
from runtime.settings import Settings
from tests.service import environment

ROOT = Path(__file__).parents[2]
EXAMPLES = "400" if os.environ.get("SOAK") else "25"
KEY = """-----BEGIN RSA PRIVATE KEY-----
MIIEpAIBAAKCAQEAr0mPbZq7Jc1vV0m9pTt3nS5kq2yWq8x1hZf4o6e9dL7uYb2R
qT8sVw3xE5gH1jK9lM0nB4vC6xZ7aS8dF2gH3jK5lP0oI9uY7tR6eW4qQ1aZ2xSw
-----END RSA PRIVATE KEY-----"""


@pytest.mark.parametrize("style", ["json", "console"])
def test_whatever_is_logged_with_a_secret_in_it_comes_out_without(
    style: str, tmp_path: Path
) -> None:
    """In a process of its own, as it sets up logging: hypothesis draws secrets and neighbours."""
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-m", "tests.runtime.leaking", style, EXAMPLES],
        cwd=tmp_path,
        env=environment("") | {"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def settings_with(secret: str) -> Settings:
    every = {
        name: SecretStr(f"{secret}-of-{name}")
        for name, field in Settings.model_fields.items()
        if isinstance(field.default, SecretStr)
    }
    return Settings(
        _env_file=None,
        database_url=f"postgresql+asyncpg://us:{secret}%40of-it@host/log",
        **every,  # type: ignore[arg-type]  # all of them secrets
    )


def test_every_secret_setting_is_known_and_the_databases_password() -> None:
    redact = Redactor(secrets_of(settings_with("hunter2-hunter3")))
    names = [
        name
        for name, field in Settings.model_fields.items()
        if isinstance(field.default, SecretStr)
    ]
    assert len(names) > 5
    for name in names:
        assert b"hunter2" not in redact(f"x{name}: hunter2-hunter3-of-{name}.".encode())
    assert b"hunter2" not in redact(b"cannot log in with hunter2-hunter3@of-it")
    assert b"hunter2" not in redact(b"postgresql://us:hunter2-hunter3%40of-it@host/log")


def test_each_of_several_is_known() -> None:
    tokens = "the-token-of-before, the-token-of-now"
    redact = Redactor(secrets_of(Settings(_env_file=None, admin_token=SecretStr(tokens))))
    assert redact(b"the-token-of-now or the-token-of-before") == b"[hidden] or [hidden]"


@pytest.mark.parametrize(
    "text", [KEY, KEY.replace("\n", "\\n"), repr(KEY), json.dumps(repr(KEY)), KEY[:100]]
)
def test_a_private_key_is_known_by_its_shape(text: str) -> None:
    shown = Redactor()(f"of {text}, no more".encode())
    assert b"MII" not in shown
    assert b"qT8sVw" not in shown
    assert shown.startswith(b"of ")
    assert shown.endswith(b"no more")


def test_a_line_of_a_private_key_is_known_by_itself() -> None:
    shown = Redactor([KEY])(f"near {KEY.splitlines()[2]}".encode())
    assert shown == b"near [hidden]"


@pytest.mark.parametrize(
    "line",
    [
        b'{"event":"request","path":"/api/health/live","request_id":"cwo-17","status":404}',
        b"set ORCHESTRATOR_ADMIN_TOKEN; GitHub knows no access_token",
        b"this needs a session or the header Authorization: Bearer ...",
        b"github.com/octo/cwo_dashboard: 3 ghs",
    ],
)
def test_what_is_no_secret_stays(line: bytes) -> None:
    assert Redactor(["a-secret-of-the-tests"])(line) == line


def test_a_line_that_would_be_no_json_any_more_is_hidden_whole() -> None:
    """As where a value seems to begin within an escape."""
    shown = Redactor(["nine-lives"])(b'{"event":"one\\nine-lives"}\n')
    assert json.loads(shown)["level"] == "warning"
    assert b"nine" not in shown


def test_too_short_a_value_is_left_as_it_may_be_a_part_of_any_word() -> None:
    assert Redactor(["port"])(b"postgres reports") == b"postgres reports"
