"""Judging secrets by how they look; no sentence quotes one or tells its length."""

import re

from runtime.doctor.finding import Finding, ok, problem, warning
from runtime.settings import Settings

SIGNING = "webhook secret"
ACCESS = "admin token"

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
    name = "ORCHESTRATOR_ADMIN_TOKEN"
    token = settings.admin_token.get_secret_value()
    if not token:
        return problem(ACCESS, f"{name} is not set: nobody can read or command", _RANDOM)
    if not (token.isascii() and token.isprintable() and " " not in token):
        return problem(ACCESS, f"{name} has characters that no request can carry", _RANDOM)
    if _is_placeholder(token):
        return problem(ACCESS, f"{name} is a placeholder, which anyone guesses", _RANDOM)
    if token in _parts(settings):
        return problem(ACCESS, f"{name} is the webhook secret, which GitHub knows", _RANDOM)
    if because := _weakness(token):
        return warning(ACCESS, f"{name} {because}", _RANDOM)
    return ok(ACCESS, "one is set")


def _parts(settings: Settings) -> list[str]:
    parts = settings.webhook_secret.get_secret_value().split(",")
    return [part.strip() for part in parts if part.strip()]


def _is_placeholder(secret: str) -> bool:
    return _PLACEHOLDER.fullmatch(secret.strip()) is not None


def _weakness(secret: str) -> str | None:
    if len(secret) < _SHORTEST:
        return f"is shorter than {_SHORTEST} characters"
    if len(set(secret)) < _FEWEST:
        return "repeats a few characters"
    return None
