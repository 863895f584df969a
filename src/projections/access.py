"""Whose data a query may show."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Column, ColumnElement, true


@dataclass(frozen=True, slots=True)
class Access:
    """All installations (None), or a set of their ids; what belongs to none is only in all."""

    installations: frozenset[int] | None

    def allows(self, installation_id: int | None) -> bool:
        """Tell whether something of an installation may be shown."""
        return self.installations is None or installation_id in self.installations

    def condition(self, column: Column[int | None]) -> ColumnElement[bool]:
        """Return the condition that every query adds to its own."""
        if self.installations is None:
            return true()
        return column.in_(self.installations)


EVERYTHING = Access(None)

# Decorates what puts a statement together, given the access and its shape: done once for each. It
# takes SQLAlchemy a millisecond or more, many times what the database takes to answer.
built_once = lru_cache(maxsize=256)
