"""Where a merged fact keeps whose values it carries."""

from datetime import datetime
from typing import TypeAlias

# Names of fields whose value comes from another snapshot than the rest, each with the
# ``updated_at`` of that snapshot, sorted. Without these times, three partial snapshots would merge
# differently in different orders. A fact fresh from a delivery has none.
Borrowed: TypeAlias = tuple[tuple[str, datetime], ...]
