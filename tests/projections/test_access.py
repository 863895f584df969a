"""Nobody reads what is of a repository that their access does not hold, by any query."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
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
from projections.access import EVERYTHING, Access
from projections.actions.queries import (
    ActionFilter,
    count_actions,
    count_failed,
    find_action,
    list_actions,
)
from projections.activity import list_activity
from projections.audit.queries import AuditFilter, count_audit, list_audit
from projections.check_records import list_check_records
from projections.commands.queries import CommandFilter, count_commands, list_commands
from projections.costs.queries import (
    Wanted,
    costs_of_issues,
    costs_of_repositories,
    count_with_costs,
    sum_of_costs,
)
from projections.engine.parked import ParkedEvent, count, list_parked, park
from projections.events.index import EventFilter, count_events, event_window, list_events
from projections.events.reading_problems import count_reading_problems, list_reading_problems
from projections.explaining.queries import explain_workflow
from projections.filters import sought
from projections.installations import knows_installation, list_installations
from projections.lanes.queries import find_lane, find_lane_as_of
from projections.pauses import list_pauses
from projections.references import GITHUB_COM
from projections.repositories.names import repositories_by_id, repository_called, with_repository
from projections.repositories.queries import (
    count_repositories,
    find_repository,
    list_by_attention,
    list_repositories,
    totals,
)
from projections.workflows.lists import (
    WorkflowFilter,
    WorkflowListing,
    count_across,
    list_across,
)
from projections.workflows.queries import (
    count_by_stage,
    count_workflows,
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
    a_check_run,
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
    """A query with everything chosen but the access."""

    def __call__(self, connection: Connection, access: Access) -> object: ...


YEARS = (date(2000, 1, 1), date(2100, 1, 1))
THEIRS = a_repository("their-works/secret")
QUERIES: dict[Callable[..., object], Query] = {
    list_activity: lambda connection, access: list_activity(connection, access, None, YEARS, 100),
    list_events: lambda connection, access: list_events(connection, access, EventFilter(), 100),
    event_window: lambda connection, access: event_window(connection, access, EventFilter(), 100),
    count_events: lambda connection, access: count_events(
        connection, access, EventFilter(type="issues")
    ),
    list_audit: lambda connection, access: list_audit(connection, access, AuditFilter(), 100),
    count_audit: lambda connection, access: count_audit(connection, access, AuditFilter()),
    list_pauses: list_pauses,
    list_across: lambda connection, access: list_across(connection, access, WorkflowListing(), 100),
    count_across: lambda connection, access: count_across(connection, access, WorkflowFilter()),
    list_parked: lambda connection, access: list_parked(connection, access, None, 100),
    count: count,
    list_reading_problems: lambda connection, access: list_reading_problems(
        connection, access, None, 100
    ),
    count_reading_problems: count_reading_problems,
    find_repository: lambda connection, access: find_repository(connection, access, THEIRS["id"]),
    knows_installation: lambda connection, access: knows_installation(connection, access, 22),
    find_lane: lambda connection, access: find_lane(connection, access, THEIRS["id"]),
    find_lane_as_of: lambda connection, access: find_lane_as_of(
        connection, access, THEIRS["id"], 100
    ),
    repository_called: lambda connection, access: repository_called(
        connection, access, "their-works/SECRET"
    ),
    with_repository: lambda connection, access: with_repository(
        connection, access, {"repository": "their-works/secret"}
    ),
    sought: lambda connection, access: sought(
        connection, access, ActionFilter, ActionFilter(repository="their-works/secret")
    ),
    repositories_by_id: lambda connection, access: repositories_by_id(
        connection, access, GITHUB_COM, [THEIRS["id"]]
    ),
    list_by_attention: lambda connection, access: list_by_attention(connection, access, 100),
    list_installations: lambda connection, access: list_installations(connection, access, 0, 100),
    list_repositories: lambda connection, access: list_repositories(connection, access, 0, 100),
    count_repositories: count_repositories,
    totals: totals,
    list_workflows: lambda connection, access: list_workflows(
        connection, access, THEIRS["id"], 0, 100
    ),
    count_workflows: lambda connection, access: count_workflows(connection, access, THEIRS["id"]),
    list_queue: lambda connection, access: list_queue(connection, access, THEIRS["id"], 100),
    list_active: lambda connection, access: list_active(
        connection, access, {THEIRS["id"]: "their-works/secret"}
    ),
    count_by_stage: count_by_stage,
    find_workflow: lambda connection, access: find_workflow(
        connection, access, THEIRS["id"], 17, 100
    ),
    explain_workflow: lambda connection, access: explain_workflow(
        connection, access, THEIRS["id"], 17
    ),
    timeline: lambda connection, access: timeline(connection, access, THEIRS["id"], 17, 100),
    stages_entered: lambda connection, access: stages_entered(connection, access, 0, 100),
    list_check_records: lambda connection, access: list_check_records(
        connection, access, THEIRS["id"], 100
    ),
    costs_of_repositories: lambda connection, access: costs_of_repositories(
        connection, access, Wanted(), 0, 100
    ),
    costs_of_issues: lambda connection, access: costs_of_issues(
        connection, access, Wanted(repository=THEIRS["id"]), 0, 100
    ),
    count_with_costs: lambda connection, access: count_with_costs(
        connection, access, "repository_id", Wanted()
    ),
    sum_of_costs: lambda connection, access: sum_of_costs(connection, access, Wanted()),
    list_actions: lambda connection, access: list_actions(connection, access, ActionFilter(), 100),
    count_actions: lambda connection, access: count_actions(connection, access, ActionFilter()),
    count_commands: lambda connection, access: count_commands(connection, access, CommandFilter()),
    find_action: lambda connection, access: find_action(connection, access, UUID(int=22)),
    count_failed: count_failed,
    list_commands: lambda connection, access: list_commands(
        connection, access, CommandFilter(), 100
    ),
}
# What the service asks for itself: rows, checkpoints, builds, of whichever installation.
_ENGINE = ("beside", "builds", "checkpoints", "generations", "rows", "status")
_OF_THE_SERVICE = {"projections.access_news", *(f"projections.engine.{name}" for name in _ENGINE)}
_OF_THE_RUNNER = {"park", "forget", "counts", "event_counts"}
_OF_ONE_WORKFLOW = {  # that was found, between positions to be seen
    *("chain_of", "recorded", "lane_as_of", "snapshot_before"),
}
_OF_ONE_EVENT = {"shows", "cause_of"}  # by which the log's own event is judged
_OF_A_QUERY = {"counted", "event_values", "looked_through"}  # which has its access in it
_OF_EVERY_LANE = {
    *("hidden_before", "held_through"),  # of the repositories that they are handed
    *("around_lanes", "around_as_of"),  # each lane takes from it what concerns its installation
    "records_of",  # whoever asks how a check failed tells it of all
    "budgets",  # reads those of lanes that are within reach
    "policy_as_of",  # of a lane that is within reach
    "lane_row",  # for who decides and acts, as the next two
    "changed_lanes",
    "parked_lanes",
    # how far all reflect the log, and nothing of what they say
    *("folded", "lanes_checkpoint", "standing", "lanes_standing"),
    # whoever folds lanes on, decides and acts by them does so for all, and shows nobody
    *("changed_lanes", "load_lanes", "lane_rows", "subject_rows"),
    *("subject_positions", "last_change"),
    *("surroundings_row", "parked_lanes"),
}


def queries() -> Iterator[Callable[..., object]]:
    """Every public function of the read models that is handed a connection."""
    for module in pkgutil.walk_packages(projections.__path__, "projections."):
        if module.name not in _OF_THE_SERVICE:
            yield from _taking_a_connection(module.name)


def _taking_a_connection(module: str) -> Iterator[Callable[..., object]]:
    for name, function in inspect.getmembers(importlib.import_module(module), inspect.isfunction):
        own = function.__module__ == module and not name.startswith("_")
        ours = (
            name in _OF_THE_RUNNER | _OF_EVERY_LANE | _OF_ONE_EVENT | _OF_ONE_WORKFLOW | _OF_A_QUERY
        )
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
    on_main = a_check_run(repository=repository)
    on_main["check_suite"]["head_branch"] = repository["default_branch"]
    checked = deliveries.check_run(
        check_run=on_main, repository=repository, installation={"id": installation_id}
    )
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
        a_request(about=about, kind="ask_to_fix_ci", token="2"),
        commanded(LanePaused(), about),
        a_delivery("check_run", checked),
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


async def shown(store: Store, access: Access) -> dict[str, object]:
    """What every query shows within an access."""
    return {
        name: await store.read(partial(query, access=access))
        for name, query in ((query.__name__, call) for query, call in QUERIES.items())
    }


def test_every_query_of_a_read_model_is_tried_here_and_takes_an_access() -> None:
    assert set(queries()) == set(QUERIES)
    assert all(Access in get_type_hints(query).values() for query in QUERIES)


OURS = a_repository("our-works/rocket")
US, THEM = Access(frozenset({OURS["id"]}), frozenset({11})), Access(frozenset({THEIRS["id"]}))


async def test_an_access_shows_what_there_would_be_if_there_were_nothing_else(
    store: Database, log: EventLog
) -> None:
    nothing = await shown(store, EVERYTHING)
    await recorded(store, log, of_installation(11, OURS))
    ours = await shown(store, US)
    assert ours == without_sums(await shown(store, EVERYTHING), ours)
    await recorded(store, log, [*of_installation(22, THEIRS), *of_nobody()])
    everything = await shown(store, EVERYTHING)

    assert await shown(store, Access(frozenset())) == nothing
    assert await shown(store, US) == ours
    theirs = await shown(store, replace(THEM, installations=frozenset({22})))
    for query, result in everything.items():
        assert result != ours[query], f"{query} finds nothing of theirs to hide"
        assert theirs[query] != nothing[query], f"{query} hides theirs from themselves"


def without_sums(everything: dict[str, object], some: dict[str, object]) -> dict[str, object]:
    """What is shown, but that of an installation only what its repositories say is counted."""
    return everything | {"list_installations": some["list_installations"]}


async def test_who_has_a_repository_sees_nothing_of_its_installation_but_whose_it_is(
    store: Database, log: EventLog
) -> None:
    await recorded(store, log, [*of_installation(22, THEIRS), *of_installation(22, OURS)[:4]])
    [seen] = await store.read(lambda c: list_installations(c, THEM, 0, 10))
    assert (seen.id, [each.id for each in seen.repositories], seen.event_count) == (
        22,
        [THEIRS["id"]],
        8,
    )
    assert (seen.account_login is None, seen.suspended, seen.seen_at) == (False, None, None)
    assert not await store.read(lambda c: knows_installation(c, THEM, 22))
    events = await store.read(lambda c: list_events(c, THEM, EventFilter(), 100))
    assert {event.repository_id for event in events} == {THEIRS["id"]}
    owner = replace(THEM, installations=frozenset({22}))
    events = await store.read(lambda c: list_events(c, owner, EventFilter(), 100))
    assert {event.repository_id for event in events} == {THEIRS["id"], None}


@pytest.mark.parametrize(
    ("access", "allowed"),
    [
        (EVERYTHING, {(7, 11), (7, 22), (8, 11), (None, 11), (None, 22), (None, None)}),
        (Access(frozenset({7}), frozenset({11})), {(7, 11), (7, 22), (None, 11)}),
        (Access(frozenset({7})), {(7, 11), (7, 22)}),
        (Access(frozenset()), set()),
    ],
)
def test_an_access_says_in_memory_what_it_says_to_the_database(
    access: Access, allowed: set[tuple[int | None, int | None]]
) -> None:
    every = [(7, 11), (7, 22), (8, 11), (None, 11), (None, 22), (None, None)]
    assert {each for each in every if access.allows(*each)} == allowed
