"""The one clock of the service."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the time, aware and UTC."""
    return datetime.now(UTC)
