"""What a page answers whose read model is being built for the first time."""

import pytest
from sqlalchemy import Connection, text

from events.log import EventLog
from projections.engine.building import Builder
from projections.registry import PROJECTIONS
from runtime.database import Database
from tests.events.builders import an_event
from tests.projections.builders import project
from tests.service import app_over, client_of

pytestmark = pytest.mark.anyio

PAGE = "/api/repositories"


def forget(connection: Connection) -> None:
    """As a migration does whose new columns the old rows cannot do without."""
    connection.execute(text("DELETE FROM projection_checkpoints WHERE name = 'repositories'"))


async def test_a_page_is_refused_rather_than_empty_until_its_read_model_is_built(
    store: Database, log: EventLog
) -> None:
    async with client_of(app_over(store)) as client:
        assert (await client.get(PAGE)).json()["items"] == []
        await log.append(*(an_event(type="issues", repository_id=n) for n in (1, 2, 3)))
        await project(store)
        await store.write(forget)
        builder = Builder(PROJECTIONS, store, batch=2)
        await builder.plan()
        await builder.step()
        refused = await client.get(PAGE)
        assert (refused.status_code, refused.json()["code"]) == (503, "read_model_building")
        assert refused.json()["detail"].endswith("repositories is being built; it is at position 2")
        assert refused.headers["Retry-After"] == "5"
        assert (await client.get("/api/events")).status_code == 200
        while await builder.step():
            pass
        await builder.take_over()
        assert len((await client.get(PAGE)).json()["items"]) == 3
