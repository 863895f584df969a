"""Judging the App: whether GitHub takes its credentials, what it may do, what it hears."""

from collections.abc import Iterator
from typing import TypeAlias

from reactions.ports.answers import AppSetup
from reactions.ports.failures import NotFound, Unauthorised
from runtime.doctor.finding import (
    NO_WAY,
    Finding,
    Reading,
    Unasked,
    Unread,
    Way,
    at,
    not_read,
    ok,
    problem,
    warning,
)
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
        advice = f"make one in set-up, or by hand as {_SEE} shows"
        yield warning(APP, found, advice, way=Way(path="/setup/step"))
    if isinstance(app, AppSetup):
        yield ok(APP, f"{app.slug}, number {app.id}")
        where = "in the App's settings at GitHub"
        yield from judge_permissions(app, f"grant it {where}, under Permissions & events")
        yield judge_events(app, f"tick it {where}, under Permissions & events")
        return
    if isinstance(app, Unread | Unasked):
        yield _unread(app)
    why = Unasked("they are the App's", "see the App")
    yield not_read(PERMISSIONS, why, "")
    yield not_read(EVENTS, why, "")


def judge_permissions(app: AppSetup, advice: str) -> Iterator[Finding]:
    """Say which permissions are missing; of those that are not required, what works without it."""
    missing = missing_permissions(app.permissions)
    fine = "all that are needed are there"
    if not missing or any(each.required for each in missing):
        yield _missing(PERMISSIONS, fine, missing, advice, at(app.html_url))
        return
    for each in missing:
        found = f"not there: {lacking((each,))}; without it {each.without}"
        advised = f"if wanted, {advice}; see {_SEE}"
        yield warning(PERMISSIONS, found, advised, way=at(app.html_url))


def judge_events(app: AppSetup, advice: str) -> Finding:
    """Say which events are not subscribed to."""
    missing = missing_events(app.events)
    fine = "all that are read are subscribed to"
    return _missing(EVENTS, fine, missing, advice, at(app.html_url))


def lacking(missing: tuple[Need, ...]) -> str:
    """Name what is missing, each with what it is for."""
    return "; ".join(f"{each} ({each.purpose})" for each in missing)


def _missing(
    check: str, fine: str, missing: tuple[Need, ...], advice: str, way: Way = NO_WAY
) -> Finding:
    required = tuple(each for each in missing if each.required)
    if required:
        found = f"missing: {lacking(required)}"
        return problem(check, found, f"{advice}; see {_SEE}", way=way)
    if missing:
        found = f"not there: {lacking(missing)}"
        return warning(check, found, f"if wanted, {advice}; see {_SEE}", way=way)
    return ok(check, fine)


def _unread(app: Unread | Unasked) -> Finding:
    if isinstance(app, Unread) and isinstance(app.failure, Unauthorised | NotFound):
        found = f"GitHub does not take the App's credentials: {app.why}"
        return problem(APP, found, app.advice or _CREDENTIALS)
    return not_read(APP, app, "try again; https://www.githubstatus.com tells of outages")
