"""What reading a delivery gives."""

from dataclasses import dataclass

from events.github.fact import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A fact that could not be read, for want of one field; never holds payload text."""

    path: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The facts in a delivery, and what was in the way of others."""

    facts: tuple[Fact, ...] = ()
    problems: tuple[Problem, ...] = ()
