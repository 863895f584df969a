"""An issue is given to the agent that was decided on, or to none."""

from collections.abc import Iterator

import orjson
import pytest

from events.catalogue import ModeSet, PolicyChanged
from events.github.agents import COPILOT_ALONE, reading_by
from events.log import EventLog
from events.store import Store
from tests.agents import BOTH, SCRIBE
from tests.conftest import Clock
from tests.reactions.conductor.stages import command
from tests.reactions.executor.desk import Desk, a_desk, queue

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)]

ROCKET = "octo-org/rocket"
BY_SCRIBE = PolicyChanged(layer="server", origin="a test", content="", document={"agent": "scribe"})


@pytest.fixture(autouse=True)
def _both() -> Iterator[None]:
    with reading_by(BOTH):
        yield


@pytest.fixture
async def desk(store: Store, log: EventLog, clock: Clock) -> Desk:
    """A live repository in which the policy has Scribe work on the one issue that is queued."""
    desk = await a_desk(store, log, clock, ())
    await desk.says(BY_SCRIBE, None)
    repository = desk.world.repository(ROCKET)
    queue(desk, repository)
    await desk.stage.happens(command(ModeSet(mode="live"), repository.id, ROCKET))
    await desk.goes_on()
    return desk


async def test_it_is_assigned_to_whom_the_action_names(desk: Desk) -> None:
    [request] = await desk.requested("assign")
    assert orjson.loads(request.payload)["parameters"]["agent"] == "scribe"
    await desk.until_idle()
    assert desk.github.issues[ROCKET, 1].assignee_ids == (SCRIBE.user_id,)
    assert [action for action, _ in await desk.outcomes()] == ["succeeded"]


async def test_one_that_the_table_no_longer_has_is_given_to_nobody(desk: Desk) -> None:
    with reading_by(COPILOT_ALONE):
        await desk.until_idle()
    assert desk.github.issues[ROCKET, 1].assignee_ids == ()
    assert desk.github.done["assign"] == 0
