"""Commands: what operators told us, and what of it applied when it was folded."""

from typing import Any
from uuid import uuid4

import pytest

from events.catalogue import (
    About,
    ActingUserSet,
    LanePaused,
    LaneResumed,
    ModeSet,
    PolicyChanged,
    QueueReordered,
    ScopePaused,
    ScopeResumed,
    WorkflowEnqueued,
    WorkflowRetried,
    WorkflowSkipped,
    own_event,
)
from events.envelope import NewEvent
from events.log import EventLog
from projections.access import EVERYTHING
from projections.commands.fold import COMMANDS
from projections.commands.model import applied_commands
from projections.commands.queries import CommandFilter, list_commands
from projections.engine.runner import Runner
from projections.lanes.fold import LANES
from projections.registry import PROJECTIONS
from runtime.database import Database
from simulator.payloads import an_issue, deliveries
from tests.events.builders import an_event
from tests.projections.builders import (
    FIRST_RECORDED,
    a_delivery,
    folded,
    parked_events,
    project,
    table_rows,
)
from tests.projections.own_events import a_request, told

pytestmark = pytest.mark.anyio

ELSEWHERE = About(installation_id=22, repository_id=8)
INSTALLATION = About(installation_id=11)
POLICY = PolicyChanged(layer="installation", origin="ada", content="mode: live", document={})


def the_command(event: NewEvent) -> dict[str, Any]:
    [row] = folded(COMMANDS, [event]).values()
    assert row is not None
    return row.model_dump()


def test_a_command_is_kept_with_who_told_it_and_why() -> None:
    event = told(ModeSet(mode="live", reason="it did well"))
    assert the_command(event) == {
        "position": 1,
        "id": event.id,
        "installation_id": 11,
        "repository_id": 7,
        "issue_number": None,
        "command": "lane.mode_set",
        "by": "ada",
        "reason": "it did well",
        "details": {"mode": "live"},
        "at": FIRST_RECORDED,
    }


@pytest.mark.parametrize(
    ("event", "details", "issue"),
    [
        (told(QueueReordered(order=(19, 17))), {"order": [19, 17]}, None),
        (told(LanePaused()), {}, None),
        (told(WorkflowSkipped(issue_number=17)), {}, 17),
        (told(ActingUserSet(user_id=7, login="ada")), {"user_id": 7, "login": "ada"}, None),
        (
            told(POLICY, INSTALLATION),
            {
                "layer": "installation",
                "origin": "ada",
                "commit": None,
                "document": {},
                "problems": [],
            },
            None,
        ),
    ],
)
def test_the_details_are_what_else_it_says(
    event: NewEvent, details: dict[str, object], issue: int | None
) -> None:
    row = the_command(event)
    assert (row["details"], row["issue_number"]) == (details, issue)


def test_only_operators_command() -> None:
    assert folded(COMMANDS, [a_request(), an_event(type="lane", action="paused")]) == {}


async def listed(
    store: Database, wanted: CommandFilter | None = None, limit: int = 100
) -> list[tuple[int, str, bool]]:
    """Position, name, and whether it applied."""
    found = await store.read(
        lambda c: list_commands(c, EVERYTHING, wanted or CommandFilter(), limit)
    )
    return [(item.position, item.command, item.applied) for item in found]


async def test_a_command_that_changes_nothing_when_folded_is_shown_as_not_applied(
    store: Database, log: EventLog
) -> None:
    await log.append(
        told(LanePaused(reason="a NUL \0 in it")),
        told(LanePaused(reason="again")),
        told(LaneResumed()),
        told(LaneResumed()),
        told(ModeSet(mode=None)),
        told(ModeSet(mode="live")),
        told(WorkflowEnqueued(issue_number=17)),
        told(WorkflowRetried(issue_number=18)),
    )
    await project(store, batch=3)
    assert await parked_events(store) == set()
    assert await listed(store) == [
        (8, "workflow.retried", False),
        (7, "workflow.enqueued", True),
        (6, "lane.mode_set", True),
        (5, "lane.mode_set", False),
        (4, "lane.resumed", False),
        (3, "lane.resumed", True),
        (2, "lane.paused", False),
        (1, "lane.paused", True),
    ]


async def test_what_nobody_commanded_is_no_applied_command(store: Database, log: EventLog) -> None:
    issue = an_issue(labels=("status:queued",))
    await log.append(
        a_delivery("issues", deliveries.issues(issue=issue)),
        a_request(),
        own_event(ScopePaused(), uuid4()),
        told(LanePaused()),
    )
    await project(store)
    assert set(await table_rows(store, applied_commands)) == {(4,)}


async def test_a_command_about_the_scopes_applies_once_however_many_lanes_there_are(
    store: Database, log: EventLog
) -> None:
    await log.append(
        told(ScopeResumed(), About()),
        told(ModeSet(mode="live")),
        told(ModeSet(mode="live"), ELSEWHERE),
        told(ScopePaused(), About()),
        told(ScopePaused(), About()),
        told(ScopePaused(), INSTALLATION),
        told(ActingUserSet(user_id=7, login="ada"), INSTALLATION),
        told(ActingUserSet(user_id=7, login="ada"), INSTALLATION),
    )
    await project(store, batch=3)
    assert [applied for _, _, applied in reversed(await listed(store))] == [
        False,
        True,
        True,
        True,
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("wanted", "positions"),
    [
        (CommandFilter(), [5, 4, 3, 2, 1]),
        (CommandFilter(repository=7), [4, 3, 2, 1]),
        (CommandFilter(repository=8), [5]),
        (CommandFilter(issue=17), [3]),
        (CommandFilter(command="lane.paused"), [5, 2, 1]),
        (CommandFilter(command="lane"), []),
        (CommandFilter(applied=True), [5, 3, 1]),
        (CommandFilter(applied=False), [4, 2]),
        (CommandFilter(applied=False, command="lane.paused"), [2]),
        (CommandFilter(before=3), [2, 1]),
        (CommandFilter(actor="Ada"), [5, 4, 3, 2, 1]),
        (CommandFilter(actor="ad"), []),
        (CommandFilter(actor="7"), []),
    ],
)
async def test_every_filter_must_match(
    store: Database, log: EventLog, wanted: CommandFilter, positions: list[int]
) -> None:
    await log.append(
        told(LanePaused()),
        told(LanePaused()),
        told(WorkflowSkipped(issue_number=17)),
        told(ModeSet(mode=None)),
        told(LanePaused(), ELSEWHERE),
    )
    await project(store)
    found = await listed(store, wanted)
    assert [position for position, _, _ in found] == positions
    assert await listed(store, wanted, limit=1) == found[:1]


async def test_what_the_lanes_have_not_folded_is_not_shown_as_ignored(
    store: Database, log: EventLog
) -> None:
    await log.append(told(LanePaused()))
    others = [each for each in PROJECTIONS if each.name != LANES.name]
    await project(store, others)
    assert await listed(store) == []
    runner = Runner(PROJECTIONS, store, store)
    await runner.prepare()
    await runner.step()
    assert await listed(store) == [(1, "lane.paused", True)]
