"""Waiting until lanes reflect the log as it was when somebody began to look.

A log that never rests is never wholly reflected: whoever waited for its present end would wait for
ever, though nothing that was known at the beginning is missing.
"""

import asyncio

from reactions.ports.lanes import Lanes

_LOOKS, _BETWEEN = 10, 0.1  # seconds, at lanes that are behind


async def reflects(lanes: Lanes, position: int) -> bool:
    """Wait a moment until the log is folded up to a position; False: it is not yet."""
    for _ in range(_LOOKS):
        if await lanes.position() >= position:
            return True
        await asyncio.sleep(_BETWEEN)
    return False
