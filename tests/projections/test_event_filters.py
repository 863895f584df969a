"""The event filters combined, against the plainest reading of what they say."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.envelope import Event
from events.log import EventLog
from projections.engine.projection import ReadEvent
from projections.engine.runner import read_event
from projections.events.index import EventFilter, issue_number, pull_request_number
from runtime.database import Database
from simulator.payloads import COPILOT_AGENT_ID
from tests.conftest import Clock
from tests.projections import histories
from tests.projections.builders import FIRST_RECORDED, append_hourly, project
from tests.projections.indexed_history import LANDER, ROCKET, WORKFLOW, a_history, listed

pytestmark = pytest.mark.anyio

_HOURS = range(-1, 12)
_MOMENTS = [FIRST_RECORDED + timedelta(hours=hours) for hours in _HOURS]
_VALUES: Mapping[str, Sequence[Any]] = {
    "type": ("issues", "push", "nothing"),
    "action": ("opened", "closed", ""),
    "source": ("github", "orchestrator", ""),
    "actor": ("copilot", "Ada-Bright", str(COPILOT_AGENT_ID), "0", ""),
    "installation": (22, 48_151_623),
    "repository": (ROCKET["id"], LANDER["id"], 0),
    "issue": (17, 18),
    "pull_request": (17, 18),
    "correlation": (WORKFLOW,),
    "since": _MOMENTS,
    "until": _MOMENTS,
    "before": _HOURS,
    "after": _HOURS,
}


@st.composite
def filters(draw: st.DrawFn) -> EventFilter:
    """A few filters at once, since many together hardly allow anything; unfit values too."""
    names = draw(st.lists(st.sampled_from(sorted(_VALUES)), unique=True, min_size=1, max_size=4))
    values = {name: draw(st.sampled_from(_VALUES[name])) for name in names}
    return EventFilter.model_construct(**values)


@pytest.fixture
async def recorded(store: Database, log: EventLog, clock: Clock) -> list[ReadEvent]:
    """The history, recorded and projected: every event as it can be read, newest first."""
    await append_hourly(log, clock, a_history())
    await project(store)
    return [read_event(event) for event in reversed(await log.read(0, 100))]


@settings(histories.WITH_DATABASES, max_examples=150)
@given(wanted=filters())
async def test_filters_combined_list_what_all_of_them_allow(
    store: Database, recorded: list[ReadEvent], wanted: EventFilter
) -> None:
    allowed = [read.event.position for read in recorded if _allows(wanted, read)]
    assert await listed(store, wanted) == allowed


def _allows(wanted: EventFilter, read: ReadEvent) -> bool:
    event = read.event
    conditions = (
        wanted.type in (None, event.type),
        wanted.action in (None, event.action),
        wanted.source in (None, event.source),
        wanted.actor is None or _is_by(event, wanted.actor),
        wanted.installation in (None, event.installation_id),
        wanted.repository in (None, event.repository_id),
        wanted.issue in (None, issue_number(read)),
        wanted.pull_request in (None, pull_request_number(read)),
        wanted.correlation in (None, event.correlation_id),
        wanted.since is None or event.recorded_at >= wanted.since,
        wanted.until is None or event.recorded_at < wanted.until,
        wanted.before is None or event.position < wanted.before,
        wanted.after is None or event.position > wanted.after,
    )
    return all(conditions)


def _is_by(event: Event, actor: str) -> bool:
    return actor.lower() == (event.actor_login or "\0").lower() or actor == str(event.actor_id)
