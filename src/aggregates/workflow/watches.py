"""The waits of an open pull request that somebody must hear of when they take too long.

Each has its own time in the policy (``watchdog``), a token that tells one occasion from the next,
and since when it runs. Once its timer fired with that very token, a person is asked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from aggregates.lane import Heard
from aggregates.workflow.conflicts import conflict_of
from aggregates.workflow.flaky import unseen_rerun
from aggregates.workflow.progress import copilot_finished
from aggregates.workflow.questions import awaited_answers
from aggregates.workflow.workflow import Workflow
from events.catalogue import TimerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One kind of wait: for what, now; since when by our clock; how long by the policy."""

    what: Callable[[Workflow], tuple[str, ...]]
    since: Callable[[Workflow], Heard | None]
    minutes: Callable[[Workflow], int | None]


def watch_token(workflow: Workflow, kind: TimerKind) -> str | None:
    """Return the token of a wait: the head, and what is awaited; None: nothing is."""
    pull = workflow.open_pull
    what = WATCHES[kind].what(workflow) if pull is not None else ()
    if pull is None or not what:
        return None
    digest = sha256("\0".join(sorted(what)).encode()).hexdigest()
    return f"{pull.number}:{pull.head_sha[:12]}:{digest[:12]}"


def is_overdue(workflow: Workflow, kind: TimerKind) -> bool:
    """Say whether a wait that still runs took too long."""
    fired = workflow.handling.fired.get(kind)
    return fired is not None and fired == watch_token(workflow, kind)


def _at_rest(workflow: Workflow) -> bool:
    """Say whether Copilot is done and nothing failed: the checks are what is waited for."""
    to_mend = workflow.checks.failed or workflow.reviews.to_address or conflict_of(workflow)
    return not to_mend and copilot_finished(workflow)


def _missing(workflow: Workflow) -> tuple[str, ...]:
    """Return the checks that do not report, or of which a new attempt does not."""
    if unseen_rerun(workflow) is not None:
        return tuple(f"{name}, run again" for name in workflow.checks.failed)
    return workflow.checks.missing if _at_rest(workflow) else ()


def _missed(workflow: Workflow) -> Heard | None:
    asked = unseen_rerun(workflow)
    return _checks_heard(workflow) if asked is None else Heard(asked.position, asked.at)


def _running(workflow: Workflow) -> tuple[str, ...]:
    return workflow.checks.pending if _at_rest(workflow) else ()


def _inconclusive(workflow: Workflow) -> tuple[str, ...]:
    return workflow.checks.inconclusive if _at_rest(workflow) else ()


def _awaiting_approval(workflow: Workflow) -> tuple[str, ...]:
    return workflow.checks.awaiting_approval


def reviewers_awaited(workflow: Workflow) -> tuple[str, ...]:
    """Return of whom a review is awaited where nothing else is in the way; no names: of anybody."""
    pull, reviews = workflow.open_pull, workflow.reviews
    if pull is None or pull.draft is not False or not workflow.checks.green or reviews.to_address:
        return ()
    if conflict_of(workflow) is not None:
        return ()
    wanted = workflow.circumstances.policy.review.approvals
    lacking = len(reviews.approved_by) < wanted or bool(reviews.open_requests)
    names = tuple(map(str, reviews.awaited))
    return (names or ("anybody",)) if lacking else ()


def _answers(workflow: Workflow) -> tuple[str, ...]:
    return tuple(f"{each.kind} {each.login}" for each in awaited_answers(workflow))


def _checks_heard(workflow: Workflow) -> Heard | None:
    pull = workflow.open_pull
    commit = workflow.lane.commit(pull.head_sha).heard if pull is not None else None
    return commit or workflow.pull.heard


def _people_heard(workflow: Workflow) -> Heard | None:
    heard = filter(None, (workflow.pull.heard, workflow.pull.heard_reviews))
    return max(heard, key=lambda each: each.position, default=None)


def _anything_heard(workflow: Workflow) -> Heard | None:
    """Return when we last heard of anything by which an answer may have come to be awaited."""
    heard = (_people_heard(workflow), _checks_heard(workflow), workflow.pull.heard_base)
    return max(filter(None, heard), key=lambda each: each.position, default=None)


WATCHES: Mapping[TimerKind, Watch] = {
    "check_missing": Watch(
        what=_missing,
        since=_missed,
        minutes=lambda w: w.circumstances.policy.watchdog.check_missing_minutes,
    ),
    "check_running": Watch(
        what=_running,
        since=_checks_heard,
        minutes=lambda w: w.circumstances.policy.watchdog.check_running_minutes,
    ),
    "check_inconclusive": Watch(
        what=_inconclusive,
        since=_checks_heard,
        minutes=lambda w: w.circumstances.policy.watchdog.check_inconclusive_minutes,
    ),
    "check_approval": Watch(
        what=_awaiting_approval,
        since=_checks_heard,
        minutes=lambda w: w.circumstances.policy.watchdog.check_approval_minutes,
    ),
    "reviewer": Watch(
        what=reviewers_awaited,
        since=_people_heard,
        minutes=lambda w: w.circumstances.policy.watchdog.reviewer_minutes,
    ),
    "answer": Watch(
        what=_answers,
        since=_anything_heard,
        minutes=lambda w: w.circumstances.policy.watchdog.answer_minutes,
    ),
}
