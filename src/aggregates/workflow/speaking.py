"""Which checks speak for a commit, of all that ever ran on it.

The newest Actions run of each (workflow, event) speaks, else the newest suite of an App. Within a
suite all runs of one name count, but for those that a newer attempt replaced.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from aggregates.lane.parts import COMPLETED, Check, Checks

Saying: TypeAlias = Literal["passed", "inconclusive", "pending", "awaiting_approval", "failed"]
Leaf: TypeAlias = tuple[Check, Saying]

_MEANING: Mapping[str | None, Saying] = {
    "success": "passed",
    "neutral": "passed",
    "skipped": "passed",
    "failure": "failed",
    "timed_out": "failed",
    "startup_failure": "failed",
    "error": "failed",
    "action_required": "awaiting_approval",
}
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)

# Since when an attempt is: after a time (1), or from it on (0).
_Since: TypeAlias = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Speaking:
    """Who speaks for a commit, by its suites and Actions runs; of single checks see ``leaves_of``.

    ``containers`` hold single checks: Actions runs, each in its newest attempt, and suites of which
    no Actions run is known. ``agents_own`` are the suites of agents at work, ``silent`` those of
    Actions runs that a newer one replaced, ``newest`` is the newest suite of each App that has one
    a commit. Of Actions runs that speak, ``first`` are the suites of those never run again,
    ``anew`` has the attempts of the others by suite.

    Two that differ in containers only are equal: what a single check says does not hang on these.
    """

    containers: Sequence[Check] = field(compare=False)
    agents_own: frozenset[int]
    silent: frozenset[int]
    newest: Mapping[int, int]
    first: frozenset[int]
    anew: Mapping[int, Sequence[Check]]


def says(check: Check) -> Saying:
    """Return what a check says by itself; an unknown conclusion is never taken for a pass."""
    if check.rank < COMPLETED:
        return "pending"
    return _MEANING.get(check.conclusion, "inconclusive")


def speaking(checks: Checks) -> Speaking:
    """Return who speaks for a commit."""
    holding = [part.remembered(_holding, None) for part in checks.parts.values()]
    attempts: dict[int, list[Check]] = {}
    for attempt in (attempt for each in holding for attempt in each.attempts):
        attempts.setdefault(attempt.id, []).append(attempt)
    actions = _Actions(attempts)
    newest = _newest_suites(suite for each in holding for suite in each.newest.items())
    suites = (
        suite
        for each in holding
        for suite in each.suites
        if suite.suite not in actions.known and _is_newest(suite, newest)
    )
    own = (run.suite for run in actions.speaking if run.agents_own)
    return Speaking(
        containers=[*actions.speaking, *suites],
        agents_own=frozenset(suite for suite in own if suite is not None),
        silent=actions.silent,
        newest=newest,
        first=frozenset(s for s, of_one in actions.by_suite.items() if _is_first(of_one)),
        anew={s: of_one for s, of_one in actions.by_suite.items() if not _is_first(of_one)},
    )


def leaves_of(checks: Iterable[Check], heard: Speaking) -> Iterator[Leaf]:
    """Yield single checks that speak, and what they say, of all that bear some names."""
    every = list(checks)
    yield from ((status, says(status)) for status in every if status.kind == "status")
    for runs in _alike(every):
        suite = runs[0].suite
        if suite in heard.silent or not _is_newest(runs[0], heard.newest):
            continue
        attempts = heard.anew.get(suite) if suite is not None else None
        if attempts is not None:
            yield from _of_newest_attempts(runs, attempts)
        elif len(runs) > 1 and suite not in heard.first and _of_one_suite(runs[0]):
            yield from ((run, says(run)) for run in _not_begun_anew(runs))
        else:
            yield from ((run, says(run)) for run in runs)


@dataclass(frozen=True, slots=True)
class _Holding:
    """What some checks tell of suites and Actions runs; ``newest`` as in ``Speaking``."""

    attempts: Sequence[Check]
    suites: Sequence[Check]
    newest: Mapping[int, int]


def _holding(checks: Iterable[Check], _given: None) -> _Holding:
    every = list(checks)
    suites = [check for check in every if check.kind == "suite"]
    said = (suite for suite in suites if says(suite) in ("failed", "awaiting_approval"))
    telling = (*(runs[0] for runs in _alike(every)), *said)
    return _Holding(
        attempts=[check for check in every if check.kind == "actions"],
        suites=suites,
        newest=_newest_suites(
            (check.app, check.suite)
            for check in telling
            if check.app is not None and check.suite is not None and not check.by_actions
        ),
    )


def _alike(checks: Iterable[Check]) -> Iterable[Sequence[Check]]:
    """Return runs of one suite and one name, each by id: in whatever order they came."""
    found: dict[tuple[int | None, str], list[Check]] = {}
    for check in checks:
        if check.kind == "run":
            found.setdefault((check.suite, check.name), []).append(check)
    for runs in found.values():
        if len(runs) > 1:
            runs.sort(key=_id)
    return found.values()


class _Actions:
    """Actions runs of a commit: which speak, in which suites, and whose suites are silent."""

    def __init__(self, attempts: Mapping[int, list[Check]]) -> None:
        newest: dict[tuple[str, str | None], Check] = {}
        self.known: set[int] = set()
        for of_one in attempts.values():
            of_one.sort(key=lambda check: check.attempt)
            last = of_one[-1]
            self.known.update(each.suite for each in of_one if each.suite is not None)
            what = (last.workflow or f"run {last.id}", last.event)
            if what not in newest or last.id > newest[what].id:
                newest[what] = last
        self.speaking = sorted(newest.values(), key=_id)
        heard = {run.suite for run in self.speaking}
        self.silent = frozenset(self.known - heard)
        self.by_suite = {
            run.suite: attempts[run.id] for run in self.speaking if run.suite is not None
        }


def _id(check: Check) -> int:
    return check.id


def _is_first(attempts: Sequence[Check]) -> bool:
    return len(attempts) == 1 == attempts[0].attempt


def _newest_suites(suites: Iterable[tuple[int, int]]) -> Mapping[int, int]:
    """Return the newest suite of each App that has one suite a commit, of those that tell.

    GitHub Actions has one for each of its runs, and so has whoever may be GitHub Actions.
    """
    newest: dict[int, int] = {}
    for app, suite in suites:
        if suite > newest.get(app, 0):
            newest[app] = suite
    return newest


def _of_one_suite(check: Check) -> bool:
    return check.app is not None and not check.by_actions


def _is_newest(check: Check, newest: Mapping[int, int]) -> bool:
    if check.app is None or check.suite is None or check.by_actions:
        return True
    return check.suite >= newest.get(check.app, check.suite)


def _not_begun_anew(runs: Sequence[Check]) -> Iterator[Check]:
    """Yield an App's runs of one name, but for those over before a newer one began.

    An App re-runs a check by beginning another of its name.
    """
    for run in runs:
        over = run.done_at if run.rank >= COMPLETED else None
        if over is None or not any(
            each.id > run.id and each.at is not None and each.at >= over for each in runs
        ):
            yield run


def _of_newest_attempts(runs: Sequence[Check], attempts: Sequence[Check]) -> Iterator[Leaf]:
    """Yield the jobs of one name of an Actions run that no newer attempt replaced.

    An attempt that has fewer jobs of the name replaced some of them, nobody can tell which: all
    count until the whole run passed.
    """
    whole = attempts[-1]
    by_attempt = _by_attempt(runs, attempts)
    left: list[tuple[Check, int]] = []
    for attempt in sorted(by_attempt):
        of_it = [(run, attempt) for run in by_attempt[attempt]]
        left = of_it if len(of_it) >= len(left) else [*left, *of_it]
    word = says(whole)
    for run, attempt in left:
        said = says(run)
        if attempt == whole.attempt or said == "passed":
            yield run, said
        elif word != "passed":
            yield run, "pending" if word == "pending" else said


def _by_attempt(runs: Sequence[Check], attempts: Sequence[Check]) -> Mapping[int, list[Check]]:
    since = [(attempt.attempt, begun) for attempt, begun in _beginnings(attempts)]
    found: dict[int, list[Check]] = {}
    for run in runs:
        began = (run.at or _BEFORE_ALL, 1)
        within = [attempt for attempt, begun in since if began > begun]
        found.setdefault(max(within, default=0), []).append(run)
    return found


def _beginnings(attempts: Sequence[Check]) -> Iterator[tuple[Check, _Since]]:
    """Yield since when each re-run is, as early as anything tells for sure.

    The end of the attempt before it tells, when it began, or the first that was heard of it.
    """
    before: Check | None = None
    for attempt in attempts:
        told: list[_Since] = [(at, 0) for at in (attempt.began_at, attempt.first_at) if at]
        if before is not None and before.attempt == attempt.attempt - 1 and _ended(before):
            told.append((before.at or _BEFORE_ALL, 1))
        if attempt.attempt > 1 and told:
            yield attempt, min(told)
        before = attempt


def _ended(attempt: Check) -> bool:
    return attempt.rank >= COMPLETED and attempt.at is not None
