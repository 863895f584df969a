"""A desk with an App and an acting user, for whoever asks GitHub."""

import pytest

from events.log import EventLog
from events.store import Store
from tests.conftest import Clock
from tests.reactions.asking.desk import Desk, a_desk


@pytest.fixture
async def desk(store: Store, log: EventLog, clock: Clock) -> Desk:
    return await a_desk(store, log, clock)
