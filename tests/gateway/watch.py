"""A clock for tests."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Watch:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)
