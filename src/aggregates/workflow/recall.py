"""What pure work last found of one thing: found again only once it is given something else.

From one event about an issue to the next most of what its workflow is made of is the very same
object: of two looks one sees the same checks, of six five see the same reviews.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import is_
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
Given = TypeVarTuple("Given")


@dataclass(slots=True)
class Recall:
    """What each piece of work found last, and what it was given: values that nobody changes."""

    _found: dict[object, tuple[tuple[object, ...], Any]] = field(default_factory=dict)

    def of(self, work: Callable[[*Given], T], *given: *Given) -> T:
        """Return what some work finds; the same object as last time if it is given the same ones.

        That it is given the same objects costs next to nothing to see; what is only equal is taken
        for something else, and found again.
        """
        known = self._found.get(work)
        if known is None or not all(map(is_, known[0], given)):
            known = self._found[work] = given, work(*given)
        found: T = known[1]
        return found
