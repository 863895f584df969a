"""Which checks speak for a commit, of all that ever ran on it.

The newest Actions run of each (workflow, event) speaks, else the newest suite of an App. Within a
suite all runs of one name count, but for those that a newer attempt replaced.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from aggregates.lane.subjects import COMPLETED, Check

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
    """The checks that speak for a commit: single ones with what they say, and what holds them.

    ``containers`` are Actions runs, each in its newest attempt, and suites of which no Actions run
    is known. ``agents_own`` are the suites of agents at work.
    """

    leaves: Sequence[Leaf]
    containers: Sequence[Check]
    agents_own: frozenset[int]


def says(check: Check) -> Saying:
    """Return what a check says by itself; an unknown conclusion is never taken for a pass."""
    if check.rank < COMPLETED:
        return "pending"
    return _MEANING.get(check.conclusion, "inconclusive")


def speaking(checks: Iterable[Check]) -> Speaking:
    """Return the checks that speak for a commit."""
    sorted_out = _SortedOut(checks)
    actions = _Actions(sorted_out.attempts)
    apps = _newest_suites(sorted_out)
    leaves = [(status, says(status)) for status in sorted_out.statuses]
    for (suite, _), runs in sorted_out.runs.items():
        if suite in actions.silent or not _is_newest(runs[0], apps):
            continue
        attempts = actions.by_suite.get(suite) if suite is not None else None
        if len(runs) == 1 and (attempts is None or len(attempts) == 1 == attempts[0].attempt):
            leaves.append((runs[0], says(runs[0])))  # as nearly always
        else:
            leaves += _counting(runs, attempts)
    suites = (
        suite
        for suite in sorted_out.suites
        if suite.suite not in actions.known and _is_newest(suite, apps)
    )
    own = (run.suite for run in actions.speaking if run.agents_own)
    return Speaking(
        leaves, [*actions.speaking, *suites], frozenset(suite for suite in own if suite is not None)
    )


class _SortedOut:
    """Checks by kind: runs by suite and name, attempts by Actions run."""

    def __init__(self, checks: Iterable[Check]) -> None:
        self.runs: dict[tuple[int | None, str], list[Check]] = {}
        self.statuses: list[Check] = []
        self.suites: list[Check] = []
        self.attempts: dict[int, list[Check]] = {}
        for check in checks:
            match check.kind:
                case "run":
                    self.runs.setdefault((check.suite, check.name), []).append(check)
                case "status":
                    self.statuses.append(check)
                case "suite":
                    self.suites.append(check)
                case "actions":
                    self.attempts.setdefault(check.id, []).append(check)
        for runs in self.runs.values():
            if len(runs) > 1:  # whatever order they came in
                runs.sort(key=_id)


class _Actions:
    """Actions runs of a commit: which speak, in which suites, and whose suites are silent."""

    def __init__(self, attempts: Mapping[int, list[Check]]) -> None:
        newest: dict[tuple[str, str | None], Check] = {}
        self.known: set[int | None] = set()
        for of_one in attempts.values():
            of_one.sort(key=lambda check: check.attempt)
            last = of_one[-1]
            self.known.update(each.suite for each in of_one if each.suite is not None)
            what = (last.workflow or f"run {last.id}", last.event)
            if what not in newest or last.id > newest[what].id:
                newest[what] = last
        self.speaking = sorted(newest.values(), key=_id)
        heard = {run.suite for run in self.speaking}
        self.silent = self.known - heard
        self.by_suite = {
            run.suite: attempts[run.id] for run in self.speaking if run.suite is not None
        }


def _id(check: Check) -> int:
    return check.id


def _newest_suites(sorted_out: _SortedOut) -> Mapping[int | None, int]:
    """Return the newest suite of each App that has one suite a commit, of those that tell.

    GitHub Actions has one for each of its runs, and so has whoever may be GitHub Actions.
    """
    newest: dict[int | None, int] = {}
    said = [suite for suite in sorted_out.suites if says(suite) in ("failed", "awaiting_approval")]
    for check in (*(runs[0] for runs in sorted_out.runs.values()), *said):
        app, suite = check.app, check.suite
        if app is None or suite is None or check.by_actions:
            continue
        if suite > newest.get(app, 0):
            newest[app] = suite
    return newest


def _of_one_suite(check: Check) -> bool:
    return check.app is not None and not check.by_actions


def _is_newest(check: Check, apps: Mapping[int | None, int]) -> bool:
    newest = apps.get(check.app)  # asked of thousands: one look, where there is nothing to compare
    return newest is None or check.suite is None or check.by_actions or check.suite >= newest


def _counting(runs: Sequence[Check], attempts: Sequence[Check] | None) -> Iterable[Leaf]:
    """Return those of the runs of one name in one suite that count, with what they say."""
    if attempts is not None:
        return _of_newest_attempts(runs, attempts)
    if len(runs) > 1 and _of_one_suite(runs[0]):
        runs = [*_not_begun_anew(runs)]
    return [(run, says(run)) for run in runs]


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
    if len(attempts) == 1 and whole.attempt == 1:
        yield from ((run, says(run)) for run in runs)
        return
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


def parts_of(leaves: Iterable[Leaf]) -> Mapping[object, list[Leaf]]:
    """Return single runs by their suite; those without one by their App."""
    found: dict[object, list[Leaf]] = {}
    for leaf in leaves:
        check = leaf[0]
        if check.kind == "run":
            key = check.suite if check.suite is not None else ("app", check.app)
            found.setdefault(key, []).append(leaf)
    return found
