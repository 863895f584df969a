"""A list by windows: some items, and where the next ones begin."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

Item = TypeVar("Item")
Key: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Window(Generic[Item]):
    """Some items of a list; the next begin behind ``last``, None: there are none."""

    items: Sequence[Item]
    last: Key | None = None


def window_of(found: Sequence[Item], limit: int, last: Key | None) -> Window[Item]:
    """Return what was found up to a limit; ``last`` is the key of the last of these.

    One more than the limit was looked for, to know whether there are more.
    """
    return Window(found[:limit], last if len(found) > limit else None)
