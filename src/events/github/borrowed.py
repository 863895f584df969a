"""Where a merged fact keeps whose values it carries."""

from datetime import UTC, datetime
from typing import TypeAlias

# Names of fields whose value comes from another snapshot than the rest, each with that snapshot's
# values of the fields that order it, sorted. Without these, three partial snapshots would merge
# differently in different orders. A fact fresh from a delivery has none.
Order: TypeAlias = tuple[bool | datetime, ...]
Borrowed: TypeAlias = tuple[tuple[str, Order], ...]

NEVER = datetime.fromtimestamp(0, UTC)  # no time is taken from GitHub that is before it
