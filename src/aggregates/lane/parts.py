"""A commit's checks: each as last seen, in parts by name.

A matrix comes to thousands of checks of one commit, each told several times. A check that changes
makes one part anew; what was worked out of the others is still true of them, and is remembered.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias, TypeVar
from zlib import crc32

CheckKind: TypeAlias = Literal["run", "status", "suite", "actions"]
COMPLETED = 3  # the rank of a check that is over
PARTS = 64  # of which a change makes one anew; of 5,000 checks each has some 80

K = TypeVar("K")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check on a commit, as last seen; ``at`` is when it began, or was last updated.

    ``suite`` is the check suite that a run or an Actions run belongs to. ``rank`` is how far along
    it is, ``COMPLETED`` at the end. ``by_actions``: its App is GitHub Actions.

    Of one attempt of an Actions run: ``workflow`` (theirs) and ``event`` say what it is a run of,
    ``began_at`` when a re-run began, ``first_at`` the earliest that was told of the attempt;
    ``agents_own``: an agent at work, and no check of the repository's.
    """

    kind: CheckKind
    name: str
    id: int
    rank: int
    app: int | None = None
    suite: int | None = None
    attempt: int = 1
    conclusion: str | None = None
    at: datetime | None = None
    done_at: datetime | None = None
    by_actions: bool = False
    workflow: str | None = None
    event: str | None = None
    began_at: datetime | None = None
    first_at: datetime | None = None
    agents_own: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """The checks of some names, by slot: kind and id, or context of a status."""

    checks: Mapping[str, Check]
    _found: dict[object, tuple[object, Any]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def remembered(self, work: Callable[[Iterable[Check], K], T], given: K) -> T:
        """Return what some pure work finds of the checks, once until it is given something else."""
        known = self._found.get(work)
        if known is None or known[0] != given:
            known = self._found[work] = given, work(self.checks.values(), given)
        found: T = known[1]
        return found


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks of a commit in parts, by number; all that bear one name are in one part."""

    parts: Mapping[int, Part] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many checks there are."""
        return sum(len(part.checks) for part in self.parts.values())

    def __iter__(self) -> Iterator[Check]:
        """Yield every check."""
        for part in self.parts.values():
            yield from part.checks.values()

    @property
    def by_slot(self) -> dict[str, Check]:
        """All checks by slot."""
        return {slot: check for part in self.parts.values() for slot, check in part.checks.items()}

    def get(self, slot: str) -> Check | None:
        """Return the check in a slot, if there is one."""
        for part in self.parts.values():
            if slot in part.checks:
                return part.checks[slot]
        return None

    def having(self, slot: str, check: Check) -> "Checks":
        """Return these with one check, in place of what was in its slot."""
        number = _part_of(check.name)
        parts = {
            n: part for n, part in self.parts.items() if n == number or slot not in part.checks
        }
        for n in self.parts.keys() - parts.keys():  # a run of GitHub's can be given another name
            left = {key: each for key, each in self.parts[n].checks.items() if key != slot}
            parts |= {n: Part(left)} if left else {}
        known = parts[number].checks if number in parts else {}
        return Checks({**parts, number: Part({**known, slot: check})})


def in_parts(checks: Mapping[str, Check]) -> Checks:
    """Return checks by slot as those of a commit."""
    parts: dict[int, dict[str, Check]] = {}
    for slot, check in checks.items():
        parts.setdefault(_part_of(check.name), {})[slot] = check
    return Checks({number: Part(each) for number, each in parts.items()})


def _part_of(name: str) -> int:
    return crc32(name.encode(errors="replace")) % PARTS
