"""Nobody reads what belongs to an installation that is not in their scope, by any query."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import Protocol, get_type_hints
from uuid import UUID

import pytest
from sqlalchemy import Connection

import projections
from events.catalogue import About, LanePaused, ScopeResumed
from events.envelope import NewEvent
from events.log import EventLog
from events.store import Store
from projections.action_pages import ActionFilter, count_failed, find_action, list_actions
from projections.activity import list_activity
from projections.command_pages import CommandFilter, list_commands
from projections.event_index import EventFilter, list_events
from projections.lane_queries import find_lane
from projections.parked import ParkedEvent, count, list_parked, park
from projections.reading_problems import count_reading_problems, list_reading_problems
from projections.repository_pages import (
    find_repository,
    knows_installation,
    list_by_attention,
    list_installations,
    list_repositories,
    totals,
)
from projections.scope import EVERYTHING, Scope
from projections.workflow_pages import (
    count_by_stage,
    find_workflow,
    list_active,
    list_queue,
    list_workflows,
    stages_entered,
    timeline,
)
from runtime.database import Database
from simulator.payloads import (
    Payload,
    a_repository,
    an_installation,
    an_issue,
    an_organization,
    copilot_agent,
    deliveries,
)
from tests.projections.builders import a_delivery, project
from tests.projections.histories import our_own
from tests.projections.own_events import a_failure, a_request
from tests.projections.own_events import told as commanded

pytestmark = pytest.mark.anyio


class Query(Protocol):
    """A query with everything chosen but the scope."""

    def __call__(self, connection: Connection, scope: Scope) -> object: ...


YEARS = (date(2000, 1, 1), date(2100, 1, 1))
THEIRS = a_repository("their-works/secret")
QUERIES: dict[Callable[..., object], Query] = {
    list_activity: lambda connection, scope: list_activity(connection, scope, None, YEARS, 100),
    list_events: lambda connection, scope: list_events(connection, scope, EventFilter(), 100),
    list_parked: lambda connection, scope: list_parked(connection, scope, None, 100),
    count: count,
    list_reading_problems: lambda connection, scope: list_reading_problems(
        connection, scope, None, 100
    ),
    count_reading_problems: count_reading_problems,
    find_repository: lambda connection, scope: find_repository(connection, scope, THEIRS["id"]),
    knows_installation: lambda connection, scope: knows_installation(connection, scope, 22),
    find_lane: lambda connection, scope: find_lane(connection, scope, THEIRS["id"]),
    list_by_attention: lambda connection, scope: list_by_attention(connection, scope, 100),
    list_installations: lambda connection, scope: list_installations(connection, scope, 0, 100),
    list_repositories: lambda connection, scope: list_repositories(connection, scope, 0, 100),
    totals: totals,
    list_workflows: lambda connection, scope: list_workflows(
        connection, scope, THEIRS["id"], 0, 100
    ),
    list_queue: lambda connection, scope: list_queue(connection, scope, THEIRS["id"], 100),
    list_active: lambda connection, scope: list_active(connection, scope, [THEIRS["id"]]),
    count_by_stage: count_by_stage,
    find_workflow: lambda connection, scope: find_workflow(
        connection, scope, THEIRS["id"], 17, 100
    ),
    timeline: lambda connection, scope: timeline(connection, scope, THEIRS["id"], 17, 100),
    stages_entered: lambda connection, scope: stages_entered(connection, scope, 0, 100),
    list_actions: lambda connection, scope: list_actions(connection, scope, ActionFilter(), 100),
    find_action: lambda connection, scope: find_action(connection, scope, UUID(int=22)),
    count_failed: count_failed,
    list_commands: lambda connection, scope: list_commands(connection, scope, CommandFilter(), 100),
}
# What the service asks for itself: rows and checkpoints, no installation's data.
_OF_THE_SERVICE = {"checkpoints", "rows", "status"}
_OF_THE_RUNNER = {"park", "forget", "counts"}
_OF_EVERY_LANE = {
    "around_lanes",  # each lane takes from it what concerns its installation
    "folded",  # how far all of them reflect the log, and nothing of what they say
}


def queries() -> Iterator[Callable[..., object]]:
    """Every public function of the read models that is handed a connection."""
    for module in pkgutil.iter_modules(projections.__path__):
        if module.name not in _OF_THE_SERVICE:
            yield from _taking_a_connection(f"projections.{module.name}")


def _taking_a_connection(module: str) -> Iterator[Callable[..., object]]:
    for name, function in inspect.getmembers(importlib.import_module(module), inspect.isfunction):
        own = function.__module__ == module and not name.startswith("_")
        ours = name in _OF_THE_RUNNER | _OF_EVERY_LANE
        if own and not ours and Connection in get_type_hints(function).values():
            yield function


def of_installation(installation_id: int, repository: Payload) -> list[NewEvent]:
    """A repository of an installation, with something in every read model."""
    account = an_organization(repository["owner"]["login"])
    installation = an_installation(installation_id, account=account)
    broken = {"repository": repository, "check_run": {}, "installation": {"id": installation_id}}
    issue = an_issue(17, repository=repository, labels=("status:queued",))
    told = deliveries.issues(
        issue=issue, repository=repository, installation={"id": installation_id}
    )
    assigned = an_issue(18, repository=repository, assignees=(copilot_agent(),))
    taken = told | {"issue": assigned}
    about = About(installation_id=installation_id, repository_id=repository["id"])
    action = UUID(int=installation_id)
    return [
        a_delivery("issues", told),
        a_delivery("issues", taken),
        a_delivery("check_run", broken),
        a_delivery(
            "installation", deliveries.installation(installation=installation, repositories=[])
        ),
        a_request(action, about=about),
        a_failure(action, about=about),
        commanded(LanePaused(), about),
    ]


def of_nobody() -> list[NewEvent]:
    """What belongs to no installation: a plain webhook's repository, and events of ours."""
    plain = deliveries.issues(repository=a_repository("nobody/plain"))
    del plain["installation"]
    nobody = About()
    return [
        a_delivery("issues", plain),
        our_own(),
        a_request(about=nobody),
        commanded(ScopeResumed(), nobody),
    ]


async def recorded(store: Store, log: EventLog, history: Sequence[NewEvent]) -> None:
    """Record and project events, and park each of them in one more projection."""
    appended = await log.append(*history)
    await project(store)
    parked = [
        ParkedEvent(projection="another", position=each.event.position, error="ValueError")
        for each in appended
    ]
    await store.write(lambda connection: park(connection, parked))


async def shown(store: Store, scope: Scope) -> dict[str, object]:
    """What every query shows in a scope."""
    return {
        name: await store.read(partial(query, scope=scope))
        for name, query in ((query.__name__, call) for query, call in QUERIES.items())
    }


def test_every_query_of_a_read_model_is_tried_here_and_takes_a_scope() -> None:
    assert set(queries()) == set(QUERIES)
    assert all(Scope in get_type_hints(query).values() for query in QUERIES)


async def test_a_scope_shows_what_there_would_be_if_there_were_nothing_else(
    store: Database, log: EventLog
) -> None:
    nothing = await shown(store, EVERYTHING)
    await recorded(store, log, of_installation(11, a_repository("our-works/rocket")))
    ours = await shown(store, EVERYTHING)
    await recorded(store, log, [*of_installation(22, THEIRS), *of_nobody()])
    everything = await shown(store, EVERYTHING)

    assert await shown(store, Scope(frozenset())) == nothing
    assert await shown(store, Scope(frozenset({11}))) == ours
    theirs = await shown(store, Scope(frozenset({22})))
    for query, result in everything.items():
        assert result != ours[query], f"{query} finds nothing of theirs to hide"
        assert theirs[query] != nothing[query], f"{query} hides theirs from themselves"


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [(EVERYTHING, {11, 22, None}), (Scope(frozenset({11})), {11}), (Scope(frozenset()), set())],
)
def test_a_scope_says_in_memory_what_it_says_to_the_database(
    scope: Scope, allowed: set[int | None]
) -> None:
    assert {each for each in (11, 22, None) if scope.allows(each)} == allowed
