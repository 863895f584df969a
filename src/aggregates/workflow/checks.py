"""What the checks of a commit say together.

Suites and Actions runs hold checks, and mostly these speak for them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from aggregates.lane.subjects import COMPLETED, Check, Checks
from aggregates.workflow.speaking import Leaf, Saying, parts_of, says, speaking
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
_TOLD_BY_PARTS = ("failed", "awaiting_approval")


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
        return _verdict(checks, _Named([(name, None) for name in required], runs=True))
    return _verdict(checks, _Named(by_github, runs=False) if by_github else None)


class _Named:
    """The names that are asked for, as GitHub may spell them; ``runs``: of Actions runs as well."""

    def __init__(self, required: Iterable[RequiredCheck], *, runs: bool) -> None:
        self.runs = runs
        self.names: set[str] = set()
        self._wanted: dict[str, list[RequiredCheck]] = {}
        for name, app in required:
            self.names.add(name)
            for spelt in {name, check_name(name), name[:MAX_CHECK_NAME]}:
                self._wanted.setdefault(spelt, []).append((name, app))

    def bears(self, check: Check) -> bool:
        """Say whether a check bears one of the names; whose a commit status is nobody tells."""
        wanted = self._wanted.get(check.name)
        if wanted is None:
            return False
        anybodys = check.kind == "status" or check.app is None
        return any(app is None or anybodys or app == check.app for _, app in wanted)

    def lacking(self, seen: Iterable[str]) -> tuple[str, ...]:
        """Return the names that no check bears of those that were seen, sorted."""
        borne = {name for each in seen for name, _ in self._wanted.get(each, ())}
        return tuple(sorted(self.names - borne))


@dataclass(slots=True)
class _Said:
    """What was said of each name that counts, and which names do not."""

    counting: dict[str, Saying] = field(default_factory=dict)
    at_work: set[str] = field(default_factory=set)
    optional: set[str] = field(default_factory=set)

    def count(self, check: Check, saying: Saying) -> None:
        """Keep the worst of what is said of a name: all that bear it must be green."""
        worst = self.counting.get(check.name)
        if worst is None or _SEVERITY[saying] > _SEVERITY[worst]:
            self.counting[check.name] = saying
        if check.rank < COMPLETED and check.kind in ("run", "actions"):
            self.at_work.add(check.name)


def _verdict(checks: Checks, named: _Named | None) -> CheckVerdict:
    heard = speaking(checks.values())
    said, counting = _Said(), []
    for leaf in heard.leaves:
        check, saying = leaf
        own = check.suite in heard.agents_own
        if named.bears(check) if named is not None else not own:
            said.count(check, saying)
            counting.append(leaf)
        else:
            said.optional.add(check.name)
    outspoken = [
        each for each in heard.containers if says(each) != "passed" or (named and named.runs)
    ]
    every = parts_of(heard.leaves) if outspoken else {}
    counted = every if len(counting) == len(heard.leaves) or not outspoken else parts_of(counting)
    held_back: list[str] = []
    for container in outspoken:  # the others add nothing
        is_named = named is not None and named.runs and named.bears(container)
        counts = is_named or (named is None and not container.agents_own)
        adds = _adds(container, counted if counts else every, every, named=is_named)
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


def _adds(
    container: Check,
    telling: Mapping[object, Sequence[Leaf]],
    every: Mapping[object, Sequence[Leaf]],
    *,
    named: bool,
) -> Saying | None:
    """Return what a suite or an Actions run adds to its parts, None when it adds nothing.

    ``telling`` are the parts that may tell it already. ``named``: the policy asks for this one by
    name, so that it speaks for itself.
    """
    word = says(container)
    if word == "pending":
        return word if container.kind == "actions" else None
    if any(_began_after(part, container) for part, _ in _parts(container, every)):
        return "pending" if named else None
    if named:
        return word
    if word == "passed" or (word == "inconclusive" and container.kind == "suite"):
        return None  # a suite that never ran goes stale in the end
    told = {saying for _, saying in _parts(container, telling)}
    return word if told.isdisjoint((*_TOLD_BY_PARTS, word)) else None


def _parts(container: Check, leaves: Mapping[object, Sequence[Leaf]]) -> Iterator[Leaf]:
    """Yield what belongs to a container; of a suite also what tells its App and no suite."""
    if container.suite is not None:
        yield from leaves.get(container.suite, ())
    if container.kind == "suite" and container.app is not None:
        yield from leaves.get(("app", container.app), ())


def _began_after(part: Check, container: Check) -> bool:
    return part.at is not None and container.at is not None and part.at > container.at


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
