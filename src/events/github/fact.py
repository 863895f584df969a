"""What every fact is, and what two facts about the same thing are merged by."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from operator import attrgetter
from typing import ClassVar, TypeAlias

# Names of fields whose value comes from another snapshot than the rest, each with that snapshot's
# values of the fields that order it, sorted. Without these, three partial snapshots would merge
# differently in different orders. A fact fresh from a delivery has none.
Order: TypeAlias = tuple[bool | datetime, ...]
Borrowed: TypeAlias = tuple[tuple[str, Order], ...]

NEVER = datetime.fromtimestamp(0, UTC)  # no time is taken from GitHub that is before it


@dataclass(frozen=True, kw_only=True)
class MergeKey:
    """Names of a fact's fields: what it is about, and what puts two of them in order.

    Facts of one ``family`` are about the same thing when they agree in ``identity``. The greater
    ``order`` is newer; nothing sorts below any value. ``optional`` fields may be absent from a
    snapshot and keep the value of the newest snapshot that had one; such a fact has ``borrowed``.
    Of a ``doubtable`` kind, one is marked ``uncertain`` while snapshots of its newest time differ.
    """

    family: str
    identity: tuple[str, ...]
    order: tuple[str, ...]
    optional: tuple[str, ...] = ()
    doubtable: bool = False

    @cached_property
    def identity_of(self) -> "Getter":
        """Take the fields of a fact that say what it is about."""
        return getter(self.identity)

    @cached_property
    def order_of(self) -> "Getter":
        """Take the fields of a fact that put it in order."""
        return getter(self.order)

    @cached_property
    def optional_of(self) -> "Getter":
        """Take the fields of a fact that a snapshot may lack."""
        return getter(self.optional)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a delivery tells; each kind of it says what, and what it merges by."""

    merge_key: ClassVar[MergeKey]


# Takes several fields of a fact at once.
Getter: TypeAlias = Callable[[Fact], tuple[object, ...]]


def getter(names: tuple[str, ...]) -> Getter:
    """Return what takes the fields of these names, as a tuple however many they are."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda fact: tuple([getattr(fact, name) for name in names])
