"""What the checks of a commit say together.

Suites and Actions runs hold checks, and mostly these speak for them.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Literal, TypeAlias

from aggregates.lane.parts import COMPLETED, Check, Checks
from aggregates.workflow.speaking import Saying, Speaking, leaves_of, says, speaking
from events.github import RequiredCheck
from events.github.names import MAX_CHECK_NAME, check_name

Required: TypeAlias = Literal["auto"] | tuple[str, ...]

_SEVERITY: dict[Saying, int] = {
    "passed": 0,
    "inconclusive": 1,
    "pending": 2,
    "awaiting_approval": 3,
    "failed": 4,
}
_TOLD_BY_RUNS = ("failed", "awaiting_approval")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckVerdict:
    """Names of checks by what they say, each name once, sorted; only those that count.

    ``inconclusive`` neither passed nor failed, as when cancelled. ``awaiting_approval`` runs only
    once a person lets it. ``missing`` is required and was never seen. ``running`` are those pending
    that something is at work on; a status can be pending for ever. ``optional`` are those that do
    not count, whatever they say.
    """

    failed: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    inconclusive: tuple[str, ...] = ()
    awaiting_approval: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    running: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def green(self) -> bool:
        """Say whether nothing that counts is in the way; so also when nothing counts."""
        unfinished = self.pending or self.inconclusive or self.awaiting_approval or self.missing
        return not (self.failed or unfinished)

    @property
    def seen(self) -> bool:
        """Say whether any check that counts was seen."""
        unfinished = self.pending or self.inconclusive or self.awaiting_approval
        return bool(self.failed or unfinished or self.passed)


NO_CHECKS = CheckVerdict()


def verdict(
    checks: Checks, required: Required, by_github: Sequence[RequiredCheck] = ()
) -> CheckVerdict:
    """Return what the checks of one commit say.

    ``auto`` asks for what GitHub requires; where that is nothing, or not known, every check counts
    but for those of agents at work.
    """
    if required != "auto":
        return _verdict(checks, _named(tuple((name, None) for name in required), runs=True))
    return _verdict(checks, _named(tuple(by_github), runs=False) if by_github else None)


@dataclass(frozen=True, slots=True)
class _Named:
    """The names that are asked for, as GitHub may spell them; ``runs``: of Actions runs as well."""

    required: tuple[RequiredCheck, ...]
    runs: bool
    _wanted: dict[str, list[RequiredCheck]] = field(default_factory=dict, init=False, compare=False)

    def __post_init__(self) -> None:
        """Take in each spelling."""
        for name, app in self.required:
            for spelt in {name, check_name(name), name[:MAX_CHECK_NAME]}:
                self._wanted.setdefault(spelt, []).append((name, app))

    def bears(self, check: Check) -> bool:
        """Say whether a check bears one of the names; whose a commit status is nobody tells."""
        wanted = self._wanted.get(check.name)
        if wanted is None:
            return False
        anybodys = check.kind == "status" or check.app is None
        return any(app is None or anybodys or app == check.app for _, app in wanted)

    def lacking(self, seen: Container[str]) -> tuple[str, ...]:
        """Return the names that no check bears of those that were seen, sorted."""
        borne = {
            name for spelt, wanted in self._wanted.items() if spelt in seen for name, _ in wanted
        }
        return tuple(sorted({name for name, _ in self.required} - borne))


_named = lru_cache(maxsize=512)(_Named)  # each check of a commit asks for the same names


@dataclass(slots=True)
class _Told:
    """What the runs of a suite say: all of them, those that count; when the newest began."""

    began: datetime | None = None
    every: set[Saying] = field(default_factory=set)
    counting: set[Saying] = field(default_factory=set)


@dataclass(slots=True)
class _Said:
    """What is said of each name that counts, and which names do not.

    ``told`` is what runs say, by their suite; of those without one by their App.
    """

    counting: dict[str, Saying] = field(default_factory=dict)
    at_work: set[str] = field(default_factory=set)
    optional: set[str] = field(default_factory=set)
    told: dict[object, _Told] = field(default_factory=dict)

    def count(self, check: Check, saying: Saying) -> None:
        """Keep the worst of what is said of a name: all that bear it must be green."""
        worst = self.counting.get(check.name)
        if worst is None or _SEVERITY[saying] > _SEVERITY[worst]:
            self.counting[check.name] = saying
        if check.rank < COMPLETED and check.kind in ("run", "actions"):
            self.at_work.add(check.name)

    def tell(self, run: Check, saying: Saying, *, counts: bool) -> None:
        """Take in what a run says for its suite."""
        key = run.suite if run.suite is not None else _without_suite(run.app)
        told = self.told.setdefault(key, _Told())
        told.every.add(saying)
        if counts:
            told.counting.add(saying)
        if run.at is not None and (told.began is None or run.at > told.began):
            told.began = run.at

    def add(self, other: "_Said") -> None:
        """Take in what is said of other names."""
        self.counting.update(other.counting)
        self.at_work |= other.at_work
        self.optional |= other.optional


def _verdict(checks: Checks, named: _Named | None) -> CheckVerdict:
    heard, said = speaking(checks), _Said()
    parts = [part.remembered(_said_by, (heard, named)) for part in checks.parts.values()]
    for part in parts:
        said.add(part)
    held_back: list[str] = []
    for container in heard.containers:
        is_named = named is not None and named.runs and named.bears(container)
        counts = is_named or (named is None and not container.agents_own)
        adds = _adds(container, parts, counts=counts, named=is_named)
        if adds is None:
            continue
        if counts:
            said.count(container, adds)
        else:
            said.optional.add(container.name)
            if adds == "awaiting_approval" and not container.agents_own:
                held_back.append(container.name)
    missing = named.lacking(said.counting) if named is not None else ()
    if missing:  # one of them may come of what a person has not let run yet
        said.counting.update(
            {name: "awaiting_approval" for name in held_back if name not in said.counting}
        )
    return _summed(said, missing)


def _said_by(checks: Iterable[Check], given: tuple[Speaking, _Named | None]) -> _Said:
    """Return what single checks say, of all that bear some names."""
    heard, named = given
    said = _Said()
    for check, saying in leaves_of(checks, heard):
        counts = named.bears(check) if named is not None else check.suite not in heard.agents_own
        if counts:
            said.count(check, saying)
        else:
            said.optional.add(check.name)
        if check.kind == "run":
            said.tell(check, saying, counts=counts)
    said.counting = dict(sorted(said.counting.items()))  # to sort all is to merge these: half of it
    return said


def _adds(container: Check, parts: Iterable[_Said], *, counts: bool, named: bool) -> Saying | None:
    """Return what a suite or an Actions run adds to its runs, None when it adds nothing.

    Of its runs those that count may tell it already, of one that does not count all of them.
    ``named``: the policy asks for this one by name, so that it speaks for itself.
    """
    word = says(container)
    if word == "pending":
        return word if container.kind == "actions" else None
    if word == "passed" and not named:
        return None
    told = [*_told(container, parts)]
    if container.at is not None and any(t.began and t.began > container.at for t in told):
        return "pending" if named else None
    if named:
        return word
    if word == "inconclusive" and container.kind == "suite":
        return None  # a suite that never ran goes stale in the end
    already = set[Saying]().union(*(t.counting if counts else t.every for t in told))
    return word if already.isdisjoint((*_TOLD_BY_RUNS, word)) else None


def _told(container: Check, parts: Iterable[_Said]) -> Iterator[_Told]:
    """Yield what the runs of a container say; of a suite also those of its App without a suite."""
    keys: list[object] = [] if container.suite is None else [container.suite]
    if container.kind == "suite" and container.app is not None:
        keys.append(_without_suite(container.app))
    return (part.told[key] for part in parts for key in keys if key in part.told)


def _without_suite(app: int | None) -> object:
    return "app", app


def _summed(said: _Said, missing: tuple[str, ...]) -> CheckVerdict:
    found: dict[Saying, list[str]] = {saying: [] for saying in _SEVERITY}
    for name in sorted(said.counting):
        found[said.counting[name]].append(name)
    return CheckVerdict(
        failed=tuple(found["failed"]),
        pending=tuple(found["pending"]),
        inconclusive=tuple(found["inconclusive"]),
        awaiting_approval=tuple(found["awaiting_approval"]),
        missing=missing,
        passed=tuple(found["passed"]),
        running=tuple(name for name in found["pending"] if name in said.at_work),
        optional=tuple(sorted(said.optional - said.counting.keys())),
    )
