"""Deliveries: sent, listed, sent again, and what goes wrong with them."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from simulator.plan import Faults, Plan, Script
from simulator.state.accounts import OWNER
from tests.simulator.builders import ROCKET
from tests.simulator.running import Client, Receiver, a_client, a_plan, a_receiver, a_simulator

pytestmark = pytest.mark.anyio

DELIVERIES = "/app/hook/deliveries"


@pytest.fixture
async def receiver(anyio_backend: str) -> AsyncIterator[Receiver]:
    assert anyio_backend
    async with a_receiver() as one:
        yield one


async def test_what_nobody_took_is_listed_and_delivered_again_under_its_guid(
    receiver: Receiver,
) -> None:
    async with a_simulator(a_plan()) as simulator, a_client(simulator) as client:
        await simulator.delivered()
        missed = simulator.site.outbox.missed()
        assert receiver.got == []
        assert len(missed) == 3

        simulator.webhook_url = receiver.url
        for listed in (await client.app("GET", DELIVERIES)).json():
            assert listed["status"] == "failed to connect to host"
            answer = await client.app("POST", f"{DELIVERIES}/{listed['id']}/attempts")
            assert answer.status_code == 202
        await simulator.delivered()

        assert {each.guid for each in receiver.got} == missed
        assert simulator.site.outbox.missed() == set()
        newest = (await client.app("GET", DELIVERIES)).json()[0]
        assert (newest["status"], newest["status_code"], newest["redelivery"]) == ("OK", 202, True)
        assert newest["installation_id"] == simulator.installation_id


async def test_the_list_is_paged_by_a_cursor_and_filtered(receiver: Receiver) -> None:
    receiver.status = 500
    plan = a_plan(*[Script()] * 4)
    async with (
        a_simulator(plan, webhook_url=receiver.url) as simulator,
        a_client(simulator) as client,
    ):
        await simulator.delivered()
        receiver.status = 202
        simulator.repository(ROCKET).issue(1).label("bug", OWNER)
        await simulator.delivered()

        seen = await every_page(client, f"{DELIVERIES}?per_page=4")
        failed = await every_page(client, f"{DELIVERIES}?per_page=4&status=failure")

        ids = [each["id"] for each in seen]
        assert ids == sorted(set(ids), reverse=True)
        assert len(seen) == len(failed) + 1 == 10
        assert failed[0]["status"] == "Invalid HTTP Response: 500"
        whole = (await client.app("GET", f"{DELIVERIES}/{ids[0]}")).json()
        assert whole["request"]["payload"]["label"]["name"] == "bug"
        assert whole["request"]["headers"]["X-GitHub-Delivery"] == whole["guid"]
        assert (await client.app("GET", f"{DELIVERIES}/1")).status_code == 404


async def test_a_failed_connection_is_outside_the_filter_for_failures() -> None:
    async with a_simulator(a_plan()) as simulator, a_client(simulator) as client:
        await simulator.delivered()
        assert (await client.app("GET", f"{DELIVERIES}?status=failure")).json() == []
        assert len((await client.app("GET", DELIVERIES)).json()) == 3


async def test_without_faults_all_arrives_once_and_in_order(receiver: Receiver) -> None:
    got, told = await what_arrives(receiver, Faults())
    assert got == told


async def test_some_deliveries_are_delayed_and_overtaken(receiver: Receiver) -> None:
    got, told = await what_arrives(receiver, Faults(delayed=0.5, delay=(10, 1000)))
    assert got != told
    assert sorted(got) == sorted(told)


async def test_some_deliveries_come_twice(receiver: Receiver) -> None:
    got, told = await what_arrives(receiver, Faults(duplicated=0.3, delay=(1, 10)))
    assert set(got) == set(told)
    assert set(Counter(got).values()) == {1, 2}


async def test_some_deliveries_are_dropped_but_listed(receiver: Receiver) -> None:
    async with a_simulator(faulty(Faults(dropped=0.3)), webhook_url=receiver.url) as simulator:
        await simulator.delivered()
        guids = {each.delivery.guid for each in simulator.attempts}
        arrived = {each.guid for each in receiver.got}
        assert len(guids) == len(simulator.happenings)
        assert simulator.site.outbox.missed() == guids - arrived != set()


async def test_some_deliveries_are_lost_for_good(receiver: Receiver) -> None:
    async with a_simulator(faulty(Faults(lost=0.3)), webhook_url=receiver.url) as simulator:
        await simulator.delivered()
        assert 0 < len(simulator.attempts) == len(receiver.got) < len(simulator.happenings)


async def test_the_same_seed_drops_the_same(receiver: Receiver) -> None:
    first = await what_arrives(receiver, Faults(lost=0.3))
    second = await what_arrives(receiver, Faults(lost=0.3))
    assert first == second


async def test_a_revoked_user_is_told_and_has_no_token(receiver: Receiver) -> None:
    plan = a_plan()
    async with (
        a_simulator(plan, webhook_url=receiver.url) as simulator,
        a_client(simulator) as client,
    ):
        simulator.revoke_user()
        await simulator.delivered()

        assert receiver.got[-1].name == "github_app_authorization.revoked"
        assert receiver.got[-1].payload["sender"]["login"] == "mona-maintains"
        assert (await client.user("GET", "/user")).status_code == 401
        simulator.user_token = simulator.new_user_token()
        assert (await client.user("GET", "/user")).status_code == 200
        simulator.revoke(simulator.user_token)
        assert (await client.user("GET", "/user")).status_code == 401


def faulty(faults: Faults) -> Plan:
    """Twenty issues, of which each is told twice, and what goes wrong."""
    return replace(a_plan(*[Script()] * 20), faults=faults, seed=3)


async def what_arrives(receiver: Receiver, faults: Faults) -> tuple[list[str], list[str]]:
    """Return which deliveries arrived, and which were told of, by what they are about."""
    receiver.got.clear()
    async with a_simulator(faulty(faults), webhook_url=receiver.url) as simulator:
        told = [describe(each.event, each.payload) for each in simulator.happenings]
        await simulator.delivered()
        got = [describe(each.headers["x-github-event"], each.payload) for each in receiver.got]
    return got[: 2 * len(told)], told


def describe(event: str, payload: dict[str, object]) -> str:
    issue = payload.get("issue")
    number = issue["number"] if isinstance(issue, dict) else 0
    return f"{event} {payload.get('action')} {number}"


async def every_page(client: Client, path: str) -> list[dict[str, Any]]:
    answer = await client.app("GET", path)
    found: list[dict[str, Any]] = answer.json()
    while "next" in answer.links:
        answer = await client.app("GET", answer.links["next"]["url"])
        found += answer.json()
    return found
