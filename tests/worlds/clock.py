"""GitHub's clock, by which it writes ``updated_at`` and its like."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta


class GitHubClock:
    """A clock of whole seconds that goes on by one with every change."""

    def __init__(self) -> None:
        self._at = datetime(2026, 11, 2, 9, tzinfo=UTC)
        self._stands = False

    @property
    def now(self) -> str:
        """The time as GitHub writes it."""
        return self._at.strftime("%Y-%m-%dT%H:%M:%SZ")

    def tick(self) -> None:
        """Go on by a second, unless the clock stands."""
        if not self._stands:
            self._at += timedelta(seconds=1)

    def advance(self, **by: int) -> None:
        """Let time pass in which nothing happens: ``minutes=5``."""
        self._at += timedelta(**by)

    @contextmanager
    def same_second(self) -> Iterator[None]:
        """Put all that changes within the block into one second, the next."""
        self.tick()
        before, self._stands = self._stands, True
        try:
            yield
        finally:
            self._stands = before
