"""A part of a build: the repositories whose events one of several processes folds.

Which part an event belongs to is said of it in Python and of its row in SQL, and both say the same.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from sqlalchemy import BigInteger, ColumnElement, literal, or_

from aggregates.surroundings import OF_EVERYTHING
from events.envelope import Event
from events.table import events

MOST = 64  # parts of a build, and processes at it

# These may say something of several repositories, even where they name one.
_OF_ALL = frozenset({"installation", "installation_repositories", *OF_EVERYTHING})
_CALLED = re.compile(r"(?P<name>\w+) (?P<number>[0-9]+)/(?P<of>[0-9]+) (?P<spread>[0-9]+)")
_PRIME = 1_000_003
_SPREADS = range(424_243, _PRIME, 9_001)  # large, so that neighbours are taken apart


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """The ``number``-th of so many, from 0; the first has what belongs to no repository, too.

    ``spread`` is a factor that decides which repositories are together.
    """

    number: int = 0
    of: int = 1
    spread: int = _SPREADS[0]

    def owns(self, repository_id: int | None) -> bool:
        """Tell whether it is this part that writes what belongs to a repository, or to none."""
        return _place(repository_id or 0, self.spread, self.of) == self.number

    def owns_row(self, repository_id: ColumnElement[int]) -> ColumnElement[bool]:
        """Say ``owns`` of a column; a remainder has its number's sign in SQL."""
        prime, spread, of = (literal(each, BigInteger) for each in (_PRIME, self.spread, self.of))
        return (repository_id % prime + prime) * spread % prime % of == self.number

    def reads(self, event: Event) -> bool:
        """Tell whether it reads an event's payload: of its own events, and of what concerns all."""
        number = event.repository_id
        return number is None or event.type in _OF_ALL or self.owns(number)

    @property
    def payloads(self) -> ColumnElement[bool]:
        """What ``reads`` tells, of a row of the log."""
        number = events.c.repository_id
        return or_(number.is_(None), events.c.type.in_(sorted(_OF_ALL)), self.owns_row(number))

    def called(self, projection: str) -> str:
        """Return what a projection's checkpoint is called in this part: ``lanes 1/2 424243``."""
        if self == WHOLE:
            return projection
        return f"{projection} {self.number + 1}/{self.of} {self.spread}"

    @classmethod
    def from_name(cls, name: str) -> tuple[str, Self]:
        """Return the projection and the part that a checkpoint is called after."""
        found = _CALLED.fullmatch(name)
        if found is None:
            return name, cls()
        number, of, spread = (int(found[each]) for each in ("number", "of", "spread"))
        return found["name"], cls(number - 1, of, spread)


WHOLE = Part()


def parts(number: int, weights: Mapping[int, int] | None = None) -> tuple[Part, ...]:
    """Return so many parts that are everything together, of which none is much heavier than others.

    ``weights`` are the events of each repository, as far as they are known: of ten repositories
    chance puts seven together as often as not.
    """
    if number == 1:
        return (WHOLE,)
    known = weights or {}
    spread = min(_SPREADS, key=lambda each: _heaviest(number, each, known))
    return tuple(Part(each, number, spread) for each in range(number))


def _heaviest(number: int, spread: int, weights: Mapping[int, int]) -> int:
    sums = [0] * number
    for repository_id, weight in weights.items():
        sums[_place(repository_id, spread, number)] += weight
    return max(sums)


def _place(repository_id: int, spread: int, of: int) -> int:
    return repository_id % _PRIME * spread % _PRIME % of
