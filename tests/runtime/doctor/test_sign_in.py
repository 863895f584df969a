"""Whether people can sign in is said before they try."""

import pytest
from pydantic import SecretStr

from runtime.doctor.finding import State
from runtime.doctor.sign_in import judge_sign_in
from runtime.settings import Settings

CLIENT = {"github_client_id": "Iv23li", "github_client_secret": "a-client-secret"}
ALL = CLIENT | {"secret_key": "a-key-of-the-service", "public_url": "https://orchestrator.example"}


def settings(**given: str) -> Settings:
    secret = {"github_client_secret", "secret_key"}
    values = {name: SecretStr(text) if name in secret else text for name, text in given.items()}
    return Settings(_env_file=None, **values)  # type: ignore[arg-type]  # each is what its field takes


@pytest.mark.parametrize(
    ("given", "state", "says"),
    [
        ({}, "warning", "admin token may do everything"),
        ({"github_client_id": "Iv23li"}, "problem", "CLIENT_SECRET is not set"),
        ({"github_client_secret": "a-client-secret"}, "problem", "CLIENT_ID is not set"),
        (CLIENT, "problem", "SECRET_KEY"),
        (ALL | {"public_url": ""}, "warning", "on this machine only"),
        (ALL | {"public_url": "http://orchestrator.example"}, "problem", "plain http"),
        (ALL | {"public_url": "http://127.0.0.1:8000"}, "ok", "http://127.0.0.1:8000"),
        (ALL | {"public_url": "http://[::1]:8000"}, "ok", "sign in"),
        (ALL, "ok", "https://orchestrator.example"),
    ],
)
def test_what_keeps_people_out_is_said(given: dict[str, str], state: State, says: str) -> None:
    finding = judge_sign_in(settings(**given))
    assert finding.state == state
    assert says in finding.found
    assert bool(finding.advice) is (state != "ok")
    assert "a-client-secret" not in finding.found + finding.advice


def test_who_administers_is_counted() -> None:
    assert "names 2 who" in judge_sign_in(settings(**ALL, administrators="ada-bright, 42,")).found
    assert "names 0 who" in judge_sign_in(settings(**ALL)).found
