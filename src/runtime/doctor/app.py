"""Judging the App: whether GitHub takes its credentials, what it may do, what it hears."""

from collections.abc import Iterator
from typing import TypeAlias

from reactions.ports.answers import AppSetup
from reactions.ports.failures import NotFound, Unauthorised
from runtime.doctor.finding import Finding, Reading, Unasked, Unread, not_read, ok, problem, warning
from runtime.doctor.needs import Event, Permission, missing_events, missing_permissions

APP = "App"
PERMISSIONS = "permissions"
EVENTS = "events"

_CREDENTIALS = (
    "compare ORCHESTRATOR_GITHUB_APP_ID and ORCHESTRATOR_GITHUB_PRIVATE_KEY with the App's "
    "settings page; a clock that is wrong looks the same"
)
_SEE = "docs/github-app.md"

Need: TypeAlias = Permission | Event


def judge_app(app: Reading[AppSetup | None]) -> Iterator[Finding]:
    """Say who the App is, and what it lacks of what we need; None is no App at all."""
    if app is None:
        found = "none is configured: the service observes, and does nothing on GitHub"
        yield warning(APP, found, f"{_SEE} shows how to make one")
    if isinstance(app, AppSetup):
        yield ok(APP, f"{app.slug}, number {app.id}")
        where = "in the App's settings at GitHub"
        yield judge_permissions(app, f"grant it {where}, under Permissions & events")
        yield judge_events(app, f"tick it {where}, under Permissions & events")
        return
    if isinstance(app, Unread | Unasked):
        yield _unread(app)
    why = Unasked("they are the App's", "see the App above")
    yield not_read(PERMISSIONS, why, "")
    yield not_read(EVENTS, why, "")


def judge_permissions(app: AppSetup, advice: str) -> Finding:
    """Say which permissions are missing."""
    missing = missing_permissions(app.permissions)
    return _missing(PERMISSIONS, "all that are needed are there", missing, advice)


def judge_events(app: AppSetup, advice: str) -> Finding:
    """Say which events are not subscribed to."""
    return _missing(
        EVENTS, "all that are read are subscribed to", missing_events(app.events), advice
    )


def lacking(missing: tuple[Need, ...]) -> str:
    """Name what is missing, each with what it is for."""
    return "; ".join(f"{each} ({each.purpose})" for each in missing)


def _missing(check: str, fine: str, missing: tuple[Need, ...], advice: str) -> Finding:
    required = tuple(each for each in missing if each.required)
    if required:
        return problem(check, f"missing: {lacking(required)}", f"{advice}; see {_SEE}")
    if missing:
        return warning(check, f"not there: {lacking(missing)}", f"if wanted, {advice}; see {_SEE}")
    return ok(check, fine)


def _unread(app: Unread | Unasked) -> Finding:
    if isinstance(app, Unread) and isinstance(app.failure, Unauthorised | NotFound):
        found = f"GitHub does not take the App's credentials: {app.why}"
        return problem(APP, found, app.advice or _CREDENTIALS)
    return not_read(APP, app, "try again; https://www.githubstatus.com tells of outages")
