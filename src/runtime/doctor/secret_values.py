"""Judging secrets by how they look, and hiding them; no sentence quotes one or tells its length."""

import re
from collections.abc import Iterable
from dataclasses import replace

from runtime.doctor.finding import Finding, Way, ok, problem, warning
from runtime.redaction import secrets_of
from runtime.settings import Settings

SIGNING = "webhook secret"
ACCESS = "admin token"
MARKS = "secret key"

_SHORTEST = 16  # characters; what `init` writes has 43
_FEWEST = 6  # different characters, which any random text of that length has
_PLACEHOLDER = re.compile(
    r"change.?(me|this|it)|replace.?(me|this|it)|place.?holder|insert.?here|fix.?me|to.?do"
    r"|(your|my|the|a|some|test)?.?(webhook|admin|super|top)?.?(secret|token|password|passwd|key)"
    r"|(your|my).?(webhook|admin)?.?(secret|token|password|key).?(here)?|x+|\.+|example|test|none"
    r"|<.*>|\[.*\]|\{.*\}|\$.*",
    re.IGNORECASE,
)
_RANDOM = "set a random one, such as `openssl rand -hex 32` prints"
_ROTATE = f"{_RANDOM}, and the same at GitHub"
_INIT = Way(command="copilot-orchestrator init --add-missing")
_HIDDEN = "[hidden]"
_SHORTEST_HIDDEN = 12  # characters; what is shorter may be a word of our own sentences


def judge_webhook_secret(settings: Settings) -> Finding:
    """Say whether deliveries can be verified, and by a secret worth the name."""
    name = "ORCHESTRATOR_WEBHOOK_SECRET"
    secrets = _parts(settings)
    if not secrets:
        return problem(SIGNING, f"{name} is not set: every delivery is refused", _ROTATE)
    for secret in secrets:
        if _is_placeholder(secret):
            return problem(SIGNING, f"{name} is a placeholder, which anyone guesses", _ROTATE)
        if because := _weakness(secret):
            return warning(SIGNING, f"{name} {because}", _ROTATE)
    if len(secrets) > 1:
        return ok(SIGNING, f"{len(secrets)} are set; a delivery may be signed with any")
    return ok(SIGNING, "one is set")


def judge_admin_token(settings: Settings) -> Finding:
    """Say whether anybody can read and command, and nobody else."""
    name, tokens = "ORCHESTRATOR_ADMIN_TOKEN", settings.admin_tokens
    if not tokens:
        return problem(ACCESS, f"{name} is not set: nobody can read or command", _RANDOM)
    for token in tokens:
        if fault := _fault_of(token, _parts(settings)):
            return problem(ACCESS, f"{name} {fault}", _RANDOM)
        if because := _weakness(token):
            return warning(ACCESS, f"{name} {because}", _RANDOM)
    if len(tokens) > 1:
        return ok(ACCESS, f"{len(tokens)} are set; a request may bear any")
    return ok(ACCESS, "one is set")


def judge_secret_key(settings: Settings) -> Finding:
    """Say whether what we write can be told from what others write."""
    name, others = "ORCHESTRATOR_SECRET_KEY", {*_parts(settings), *settings.admin_tokens}
    keys = [key.decode() for key in settings.secret_keys]
    if not keys:
        found = f"{name} is not set: the marks in our comments are unsigned"
        advice = f"run: {_INIT.command}, and restart"
        return warning(MARKS, found, advice, way=_INIT)
    for key in keys:
        if _is_placeholder(key):
            return problem(MARKS, f"{name} is a placeholder, which anyone guesses", _RANDOM)
        if key in others:
            return problem(MARKS, f"{name} is another secret, which others know", _RANDOM)
        if because := _weakness(key):
            return warning(MARKS, f"{name} {because}", _RANDOM)
    if len(keys) > 1:
        return ok(MARKS, f"{len(keys)} are set; the first signs, any of them verifies")
    return ok(MARKS, "one is set")


def without_secrets(findings: Iterable[Finding], settings: Settings) -> list[Finding]:
    """Return the findings with every secret of the settings hidden in them.

    It is the last look before anything is told: what a server said may hold what it was sent.
    """
    secrets = _secrets(settings)
    return [_without(finding, secrets) for finding in findings]


def _parts(settings: Settings) -> list[str]:
    return [secret.value.decode() for secret in settings.webhook_secrets]


def _fault_of(token: str, webhook_secrets: list[str]) -> str | None:
    if not (token.isascii() and token.isprintable() and " " not in token):
        return "has characters that no request can carry"
    if _is_placeholder(token):
        return "is a placeholder, which anyone guesses"
    if token in webhook_secrets:
        return "is the webhook secret, which GitHub knows"
    return None


def _is_placeholder(secret: str) -> bool:
    return _PLACEHOLDER.fullmatch(secret.strip()) is not None


def _weakness(secret: str) -> str | None:
    if len(secret) < _SHORTEST:
        return f"is shorter than {_SHORTEST} characters"
    if len(set(secret)) < _FEWEST:
        return "repeats a few characters"
    return None


def _without(finding: Finding, secrets: list[str]) -> Finding:
    def hidden(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, _HIDDEN)
        return text

    way = replace(finding.way, html_url=hidden(finding.way.html_url))
    found, advice, about = hidden(finding.found), hidden(finding.advice), hidden(finding.about)
    return replace(finding, found=found, advice=advice, about=about, way=way)


def _secrets(settings: Settings) -> list[str]:
    """Return them with the longest first, as one may be the beginning of another."""
    parts = secrets_of(settings)
    return sorted((part for part in parts if len(part) >= _SHORTEST_HIDDEN), key=len, reverse=True)
