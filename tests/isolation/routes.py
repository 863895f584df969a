"""Every route to be read, with the paths by which whoever is curious would ask for it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from fastapi import FastAPI
from starlette.routing import Route

from api.frontend.serving import BESIDE, VIEWS

WIDE = "since=2000-01-01&until=2100-01-01"


@dataclass(frozen=True, slots=True)
class Curious:
    """Whoever asks for everything of a world: ids that there are, whosever they be."""

    repositories: tuple[int, ...]
    installations: tuple[int, ...]
    actions: tuple[UUID, ...]
    issues: tuple[int, ...]
    head: int


def _of_each(path: str) -> Callable[[Curious], Iterator[str]]:
    return lambda asked: (path.format(repository=each) for each in asked.repositories)


def _then(ways: Callable[[Curious], Iterator[str]]) -> Callable[[Curious], Iterator[str]]:
    """Ask for how it is, and for how it was half-way."""

    def asked_twice(asked: Curious) -> Iterator[str]:
        for path in ways(asked):
            yield from (path, f"{path}{'&' if '?' in path else '?'}as_of={asked.head // 2}")

    return asked_twice


def _once(*paths: str) -> Callable[[Curious], Iterator[str]]:
    return lambda _asked: iter(paths)


def _events(asked: Curious) -> Iterator[str]:
    yield from ("/api/events?limit=200", "/api/events?limit=2", "/api/events?actor=octocat")
    yield from (f"/api/events?repository={each}" for each in asked.repositories)
    yield from (f"/api/events?installation={each}" for each in asked.installations)
    yield from (f"/api/events?issue={each}" for each in asked.issues)
    yield from (f"/api/events?type={each}" for each in ("issues", "lane", "action", "installation"))
    yield f"/api/events?before={asked.head // 2}"
    yield from (f"/api/events?caused_by={each}" for each in range(1, asked.head + 1))


def _actions(asked: Curious) -> Iterator[str]:
    yield from ("/api/actions", "/api/actions?outcome=failed", "/api/actions?confirmed=false")
    yield from (f"/api/actions?repository={each}" for each in asked.repositories)
    yield from (f"/api/actions?issue={each}" for each in asked.issues)


def _workflows(asked: Curious) -> Iterator[str]:
    yield from ("/api/workflows", "/api/workflows?order=waiting&limit=1", "/api/workflows?q=secret")
    yield from (f"/api/workflows?repository={each}" for each in asked.repositories)
    yield "/api/workflows?attention=waiting&attention=stuck&stage=queued"


def _commands(asked: Curious) -> Iterator[str]:
    yield from ("/api/commands", "/api/commands?applied=true", "/api/commands?command=lane.paused")
    yield from (f"/api/commands?repository={each}" for each in asked.repositories)


def _costs(asked: Curious) -> Iterator[str]:
    yield from ("/api/costs", "/api/costs?limit=1")
    yield from (f"/api/costs?repository={each}" for each in asked.repositories)


def _explain(asked: Curious) -> Iterator[str]:
    for number in asked.repositories:
        for issue in asked.issues:
            path = f"/api/repositories/{number}/workflows/{issue}/explain"
            yield from (path, f"{path}?as_of={asked.head // 2}")


def _workflow(asked: Curious) -> Iterator[str]:
    for number in asked.repositories:
        for issue in asked.issues:
            path = f"/api/repositories/{number}/workflows/{issue}"
            yield from (path, f"{path}?as_of={asked.head // 2}", f"{path}?as_of={asked.head}")


ROUTES: Mapping[str, Callable[[Curious], Iterator[str]]] = {
    "/api/dashboard": _then(_once("/api/dashboard")),
    "/api/repositories": _then(_once("/api/repositories", "/api/repositories?limit=1")),
    "/api/repositories/{repository_id}": _then(_of_each("/api/repositories/{repository}")),
    "/api/repositories/{repository_id}/workflows": _then(
        _of_each("/api/repositories/{repository}/workflows")
    ),
    "/api/repositories/{repository_id}/queue": _then(
        _of_each("/api/repositories/{repository}/queue")
    ),
    "/api/workflows": _workflows,
    "/api/pauses": _once("/api/pauses"),
    "/api/repositories/{repository_id}/workflows/{issue_number}": _workflow,
    "/api/repositories/{repository_id}/workflows/{issue_number}/explain": _explain,
    "/api/repositories/{repository_id}/policy": _then(
        _of_each("/api/repositories/{repository}/policy")
    ),
    "/api/repositories/{repository_id}/acting-users": _of_each(
        "/api/repositories/{repository}/acting-users"
    ),
    "/api/repositories/{repository_id}/checks": _of_each("/api/repositories/{repository}/checks"),
    "/api/costs": _then(_costs),
    "/api/repositories/{repository_id}/costs": _then(
        _of_each("/api/repositories/{repository}/costs")
    ),
    "/api/commands": _commands,
    "/api/repositories/{repository_id}/commands": _of_each(
        "/api/repositories/{repository}/commands"
    ),
    "/api/repositories/{repository_id}/workflows/{issue_number}/commands": lambda asked: (
        f"/api/repositories/{number}/workflows/{issue}/commands"
        for number in asked.repositories
        for issue in asked.issues
    ),
    "/api/actions": _then(_actions),
    "/api/actions/{action_id}": lambda asked: (f"/api/actions/{each}" for each in asked.actions),
    "/api/installations": _once("/api/installations", "/api/installations?limit=1"),
    "/api/activity": lambda asked: iter(
        [f"/api/activity?{WIDE}"]
        + [f"/api/activity?{WIDE}&repository={each}" for each in asked.repositories]
    ),
    "/api/audit": lambda asked: iter(
        ["/api/audit", "/api/audit?limit=2", "/api/audit?type=lane"]
        + [f"/api/audit?repository={each}" for each in asked.repositories]
    ),
    "/api/events": _events,
    "/api/events/{position}": lambda asked: (
        f"/api/events/{position}{how}"
        for position in range(1, asked.head + 1)
        for how in ("", "?raw=true")
    ),
    "/api/problems/reading": _once("/api/problems/reading", "/api/problems/reading?limit=1"),
    "/api/problems/parked": _once("/api/problems/parked", "/api/problems/parked?limit=1"),
    "/api/problems/lanes": _once("/api/problems/lanes"),
    "/api/recovery": _once("/api/recovery"),
    "/api/live": _once("/api/live?after=0"),
    "/api/health/ready": _once("/api/health/ready"),
    "/api/health/work": _once("/api/health/work"),
}
# What tells nothing of what anybody recorded, or of whoever asks alone; metrics are for who sees
# everything.
OF_NOBODY = {
    *VIEWS,
    *(f"/{name}" for name in BESIDE),
    "/_app/{path:path}",
    "/api/auth/ways",
    "/api/auth/login",
    "/api/auth/callback",
    "/api/me",
    "/api/sessions",
    "/api/consents",
    "/api/tokens",
    "/api/health/live",
    "/api/policy/schema",
    "/metrics",
    "/api/setup",  # administrators', whatever anybody recorded
    "/docs",
    "/openapi.json",
    "/",
    "/assets/{name}",
    "/program",  # asks whoever is signed in
    "/setup",  # administrators', and before anybody is one, whoever has the link's secret
    "/setup/step",
    "/setup/app",
    "/setup/installed",
    "/setup/repositories",
}


def to_be_read(app: FastAPI) -> set[str]:
    """Return the paths of all routes that answer a GET, those of no document included."""
    return {route.path for route in _routes(app.routes) if "GET" in (route.methods or ())}


def _routes(routes: object) -> Iterator[Route]:
    for route in routes:  # type: ignore[attr-defined]  # a list of whatever frameworks put there
        if isinstance(route, Route):
            yield route
        elif (included := getattr(route, "original_router", None)) is not None:
            yield from _routes(included.routes)
