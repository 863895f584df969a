"""A server that knew the admin token alone goes on, and lets people in."""

import pytest
from alembic import command
from sqlalchemy import Connection

from events.log import EventLog
from events.wake import Wake
from runtime.clock import now
from runtime.database import open_database
from runtime.migrate import alembic_config, migrate
from simulator.plan import Plan, RepositoryPlan
from tests.events.builders import an_event
from tests.people.browser import a_browser, a_service
from tests.service import project
from tests.simulator.builders import ROCKET
from tests.simulator.running import a_simulator

pytestmark = [pytest.mark.anyio, pytest.mark.on_both]

BEFORE_PEOPLE = "0014"


async def test_a_database_from_before_people_is_taken_over(empty_database_url: str) -> None:
    before = open_database(empty_database_url)
    await before.write(migrate_to_before)
    [old] = await EventLog(before, now, Wake()).append(an_event(type="ping"))
    await migrate(before)
    await project(before)
    await before.close()

    plan = Plan(repositories=(RepositoryPlan(full_name=ROCKET),))
    async with a_simulator(plan) as github, a_service(empty_database_url, github) as service:
        await github.delivered()
        answer = await service.get(f"/api/events/{old.event.position}")
        assert answer.json()["id"] == str(old.event.id)
        async with a_browser(service, github) as browser:
            assert (await browser.sign_in("mona-maintains")).status_code == 303
            me = (await browser.get("/api/me")).json()
            assert [each["full_name"] for each in me["repositories"]] == [ROCKET]
            hidden = await browser.get(f"/api/events/{old.event.position}")
            assert hidden.status_code == 404  # what belongs to nobody is administrators' own


def migrate_to_before(connection: Connection) -> None:
    command.upgrade(alembic_config(connection), BEFORE_PEOPLE)
