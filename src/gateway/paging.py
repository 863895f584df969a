"""Reading a list page by page, as far as its next page is named, within a bound."""

from collections.abc import AsyncIterator

from events.json_types import JsonObject
from gateway.calls import Calls
from gateway.reply import Parameters, Reply
from gateway.who import Who
from reactions.ports.failures import Refused

PER_PAGE = 100
MAX_PAGES = 100


async def paged(
    calls: Calls, who: Who, path: str, params: Parameters, under: str | None = None
) -> AsyncIterator[JsonObject]:
    """Yield a list's objects; ``under`` names the field that holds it, when it is not the body.

    Raises Refused when there are more than 10,000: half a list would look like a whole one.
    """
    page: Parameters | None = {"per_page": PER_PAGE, **params}
    for _ in range(MAX_PAGES):
        reply = await calls.get(who, path, page)
        for item in _items(reply, under):
            yield item
        page = reply.next_page
        if page is None:
            return
    raise Refused(f"there are more than {MAX_PAGES * PER_PAGE} objects at {path}")


def _items(reply: Reply, under: str | None) -> list[JsonObject]:
    body = reply.json
    items = body.get(under) if under and isinstance(body, dict) else body
    if not isinstance(items, list):
        raise reply.refused("GitHub's answer should be a list")
    return [item for item in items if isinstance(item, dict)]
