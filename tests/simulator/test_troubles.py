"""What goes wrong with requests."""

from dataclasses import replace

import pytest

from simulator.http.troubles import bad_gateway, throttled
from simulator.plan import Faults, Plan
from tests.simulator.builders import ROCKET
from tests.simulator.running import REPO, a_client, a_plan, a_simulator, assign

pytestmark = pytest.mark.anyio

COMMENTS = "/repos/{owner}/{repo}/issues/{number}/comments"


async def test_the_next_requests_of_a_kind_fail_as_ordered() -> None:
    async with a_simulator(a_plan()) as simulator, a_client(simulator) as client:
        issue = simulator.repository(ROCKET).issue(1)
        simulator.troubles.order(bad_gateway(), method="POST", path=COMMENTS)
        simulator.troubles.order(bad_gateway(late=True), method="POST", path=COMMENTS)
        simulator.troubles.order(throttled(7), method="POST", path=COMMENTS)
        path, said = f"{REPO}/issues/1/comments", {"body": "Queued."}

        assert (await client.bot("GET", path)).status_code == 200
        early = await client.bot("POST", path, json=said)
        assert (early.status_code, len(issue.comments)) == (502, 0)
        late = await client.bot("POST", path, json=said)
        assert (late.status_code, len(issue.comments)) == (502, 1)
        limited = await client.bot("POST", path, json=said)
        assert (limited.status_code, limited.headers["retry-after"]) == (403, "7")
        assert (await client.bot("POST", path, json=said)).status_code == 201


async def test_a_comment_that_took_may_be_missing_from_lists_for_a_while() -> None:
    async with a_simulator(a_plan()) as simulator, a_client(simulator) as client:
        late = bad_gateway(late=True, unlisted=2)
        simulator.troubles.order(late, method="POST", path=COMMENTS)
        path = f"{REPO}/issues/1/comments"
        assert (await client.bot("POST", path, json={"body": "Queued."})).status_code == 502
        shown = [len((await client.bot("GET", path)).json()) for _ in range(4)]
        assert shown == [0, 0, 1, 1]


async def test_requests_fail_at_a_rate_and_the_same_ones_by_the_same_seed() -> None:
    first, second = [await statuses(Faults(bad_gateway=0.3, throttled=0.2)) for _ in range(2)]
    assert first == second
    assert set(first) == {200, 403, 502}
    assert set(await statuses(Faults())) == {200}


async def test_assignments_are_ignored_at_a_rate() -> None:
    plan = faulty(Faults(ignored_assignees=1.0))
    async with a_simulator(plan) as simulator, a_client(simulator) as client:
        assert await assign(client) == []
        simulator.faults = Faults()
        assert await assign(client) == ["Copilot"]


async def statuses(faults: Faults) -> list[int]:
    async with a_simulator(faulty(faults)) as simulator, a_client(simulator) as client:
        return [(await client.bot("GET", REPO)).status_code for _ in range(40)]


def faulty(faults: Faults) -> Plan:
    return replace(a_plan(), faults=faults)
