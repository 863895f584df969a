"""Judging the acting user, as whom Copilot is asked to work."""

from reactions.ports.answers import ActingUser
from reactions.ports.failures import Unauthorised
from runtime.doctor.finding import Finding, ok, problem, warning
from runtime.doctor.reading import Reading, Unasked, Unread, not_read

ACTING_USER = "acting user"

_NAME = "ORCHESTRATOR_ACTING_USER_TOKEN"
_SEE = "docs/github-app.md says which token"
_NOT_OF_A_USER = ("ghs_", "ghr_", "v1.")


def judge_token(token: str) -> Finding | None:
    """Say what is wrong with a token by its kind, None where nothing is or there is none."""
    if token.startswith(_NOT_OF_A_USER):
        return problem(ACTING_USER, f"{_NAME} is no token of a user", _SEE)
    if token.startswith("ghu_"):
        found = f"{_NAME} is one that an App was given for a user: it ends within hours"
        return warning(ACTING_USER, found, f"make a fine-grained one; {_SEE}")
    return None


def judge_acting_user(user: Reading[ActingUser | None]) -> Finding:
    """Say who acts where GitHub lets no App; None is nobody."""
    if user is None:
        found = f"{_NAME} is not set: nobody can assign an issue to Copilot"
        return warning(ACTING_USER, found, f"set it; {_SEE}")
    if isinstance(user, Unread) and isinstance(user.failure, Unauthorised):
        found = f"GitHub does not take {_NAME}: {user.why}"
        return problem(ACTING_USER, found, f"make a new one, as it was revoked or ended; {_SEE}")
    if isinstance(user, Unread | Unasked):
        return not_read(ACTING_USER, user, "try again")
    return ok(ACTING_USER, f"{user.login}, number {user.id}")
