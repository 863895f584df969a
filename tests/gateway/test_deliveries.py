"""What GitHub tried to deliver."""

from datetime import datetime, timedelta

import pytest

from gateway import GitHubGateway
from reactions.ports.answers import Answer, HookDelivery
from reactions.ports.failures import NotFound
from tests.gateway.scripted import Script
from tests.gateway.watch import START

pytestmark = pytest.mark.anyio

DELIVERIES = "GET /app/hook/deliveries"


def attempt(number: int, at: datetime, **fields: object) -> dict[str, object]:
    return {
        "id": number,
        "guid": f"guid-{number}",
        "delivered_at": at.isoformat(),
        "redelivery": False,
        "duration": 0.3,
        "status": "OK",
        "status_code": 202,
        "event": "issues",
        "action": "opened",
        "installation_id": 77,
        "repository_id": 5,
        **fields,
    }


async def test_deliveries_are_read_back_to_a_time(github: GitHubGateway, script: Script) -> None:
    hours = [START - timedelta(hours=hour) for hour in range(4)]
    link = {"link": f'<{script.url}/app/hook/deliveries?cursor=v1_5&per_page=100>; rel="next"'}
    script.on(DELIVERIES, [attempt(9, hours[0]), attempt(8, hours[1])], headers=link)
    script.on(DELIVERIES, [attempt(7, hours[2]), attempt(6, hours[3])], headers=link)
    found = [delivery.id async for delivery in github.deliveries(since=hours[2])]
    assert found == [9, 8, 7]
    assert [asked.query.get("cursor") for asked in script.asked_for(DELIVERIES)] == [None, "v1_5"]
    assert script.asked_for(DELIVERIES)[0].bearer.count(".") == 2


async def test_a_delivery_is_read(github: GitHubGateway, script: Script) -> None:
    large = 2**53 + 1
    failed = attempt(
        large,
        START,
        redelivery=True,
        status="failed to connect to host",
        status_code=0,
        event="installation",
        action=None,
        repository_id=None,
    )
    script.on(DELIVERIES, [failed])
    assert [delivery async for delivery in github.deliveries(START)] == [
        HookDelivery(
            id=large,
            guid=f"guid-{large}",
            delivered_at=START,
            redelivery=True,
            status="failed to connect to host",
            status_code=0,
            event="installation",
            action=None,
            installation_id=77,
            repository_id=None,
        )
    ]


async def test_a_delivery_is_asked_for_once_more(github: GitHubGateway, script: Script) -> None:
    script.on("POST /app/hook/deliveries/9/attempts", {}, 202)
    assert await github.redeliver(9) == Answer(202, "R:1", {"delivery_id": 9})


async def test_where_there_is_no_list_it_is_said_what_that_means(
    github: GitHubGateway, script: Script
) -> None:
    script.on(DELIVERIES, {"message": "Not Found"}, 404)
    with pytest.raises(NotFound, match="no webhook of its own, or this server does not offer"):
        [delivery async for delivery in github.deliveries(START)]
