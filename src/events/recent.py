"""The newest events that this process appended, for who reads them next in the same process.

It saves them to read the rows. Nothing hangs on it: an event is the one that the log holds at its
position, since it was committed there, and what is not known here is read.
"""

from collections import deque
from collections.abc import Sequence
from itertools import islice

from events.envelope import GITHUB, LARGE, Event

_MOST, _MOST_CHARACTERS = 256, 4 * 1024 * 1024
_WHOLE = LARGE // 4  # characters, which in UTF-8 are no large delivery, whatever they are


class Recent:
    """Events without a gap, up to the newest that this process appended."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque()
        self._characters = 0

    @property
    def newest(self) -> int:
        """The position of the newest; 0: none is known."""
        return self._events[-1].position if self._events else 0

    def take(self, committed: Sequence[Event]) -> None:
        """Take events that were just committed, in their order."""
        for event in committed:
            if event.position != self.newest + 1:  # others appended, too
                self._forget()
            if event.source == GITHUB and len(event.payload) > _WHOLE:  # it may be read without
                self._forget()
                continue
            self._events.append(event)
            self._characters += len(event.payload)
        while len(self._events) > _MOST or self._characters > _MOST_CHARACTERS:
            self._characters -= len(self._events.popleft().payload)

    def behind(self, after: int, limit: int) -> list[Event]:
        """Return up to ``limit`` events that come next behind a position; none: read the log."""
        if not self._events or not self._events[0].position <= after + 1 <= self.newest:
            return []
        start = after + 1 - self._events[0].position
        return list(islice(self._events, start, start + limit))

    def _forget(self) -> None:
        self._events.clear()
        self._characters = 0
