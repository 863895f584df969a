"""The ceiling does what every receiver has to do, and the load is what GitHub would send."""

from itertools import islice

import httpx2
import pytest

from benchmarks.bare import PAGE, RECEIVER, application
from benchmarks.history import LANES
from benchmarks.load import Delivery, lively_deliveries
from events.envelope import GITHUB

pytestmark = pytest.mark.anyio


def _told(request: bytes) -> tuple[str, dict[str, str], bytes]:
    """Read a request as it goes over the wire: its path, its headers and its body."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return first.split()[1], dict(line.split(": ", 1) for line in lines), body


async def _answers(request: bytes, *, but_with: bytes = b"") -> int:
    path, headers, body = _told(request)
    transport = httpx2.ASGITransport(app=application())
    async with httpx2.AsyncClient(transport=transport, base_url="http://bare") as http:
        answer = await http.post(path, headers=headers, content=but_with or body)
    return answer.status_code


async def test_it_takes_what_is_signed_and_refuses_what_is_not() -> None:
    [delivery] = islice(lively_deliveries(), 1)
    assert _told(delivery.to_bare)[0] == RECEIVER
    assert await _answers(delivery.to_bare) == 202
    changed = delivery.event.payload.replace("opened", "closed").encode()
    assert await _answers(delivery.to_bare, but_with=changed) == 401


async def test_it_answers_the_page_that_was_put_there() -> None:
    transport = httpx2.ASGITransport(app=application())
    async with httpx2.AsyncClient(transport=transport, base_url="http://bare") as http:
        await http.put(PAGE, content=b'{"a": 1}')
        assert (await http.get(PAGE)).content == b'{"a": 1}'


def test_no_delivery_of_the_load_comes_twice_and_none_is_our_own() -> None:
    load: list[Delivery] = [*islice(lively_deliveries(behind=500), 500)]
    assert {each.event.source for each in load} == {GITHUB}
    assert len({each.event.id for each in load}) == len(load)
    assert len({each.event.repository_id for each in load}) == LANES
    assert all(_told(each.to_service)[2] == each.event.payload.encode() for each in load)
