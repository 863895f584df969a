"""Lists, a page at a time."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlencode

from simulator.http.answer import Answer
from simulator.http.call import Call

Item = TypeVar("Item")

_USUAL = 30
_MOST = 100


def page_of(
    call: Call,
    items: Sequence[Item],
    shown: Callable[[Item], object],
    wrapped: str | None = None,
) -> Answer:
    """Answer with the page that was asked for; ``wrapped`` names it beside its total count."""
    size = page_size(call)
    page = max(1, _integer(call, "page", 1))
    last = max(1, -(-len(items) // size))
    listed = [shown(item) for item in items[(page - 1) * size : page * size]]
    links = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    if page <= 1:
        links = {name: links[name] for name in ("next", "last")}
    if page >= last:
        links = {name: links[name] for name in links if name not in ("next", "last")}
    link = ", ".join(f'<{_address(call, page=number)}>; rel="{n}"' for n, number in links.items())
    body = {"total_count": len(items), wrapped: listed} if wrapped else listed
    return Answer(body, headers={"link": link} if link else {})


def next_link(call: Call, **query: object) -> dict[str, str]:
    """Build the header that leads to the next page."""
    return {"link": f'<{_address(call, **query)}>; rel="next"'}


def page_size(call: Call) -> int:
    """Return how many items a page has."""
    return min(_MOST, max(1, _integer(call, "per_page", _USUAL)))


def _address(call: Call, **query: object) -> str:
    return f"{call.address}?{urlencode({**call.query, **query})}"


def _integer(call: Call, name: str, otherwise: int) -> int:
    text = call.query.get(name, "")
    return int(text) if text.isdecimal() else otherwise
