"""How late the event loop is: what holds it keeps every request waiting, deliveries among them."""

import asyncio
from time import perf_counter

from api.metrics import Metrics

_EVERY_SECONDS = 0.05


async def watch_loop(metrics: Metrics) -> None:
    """Note 20 times a second, for ever, how much later than asked the loop comes back.

    A hold that falls between two looks is not seen. By the clock on the wall: a machine that has no
    processor to spare is late as well.
    """
    while True:
        asked = perf_counter()  # the loop's own time may be that of when its turn began
        await asyncio.sleep(_EVERY_SECONDS)
        metrics.loop_came_back(max(0.0, perf_counter() - asked - _EVERY_SECONDS))
