"""What is under way: what was asked for, whose turn it is, and whether anything moves."""

from collections.abc import Iterator
from datetime import UTC, datetime

from aggregates.actions import TRAITS
from aggregates.lane import Heard
from aggregates.lane.ours import Asked
from aggregates.workflow.agent_merge import mends_itself
from aggregates.workflow.conflicts import asked_about_conflict
from aggregates.workflow.workflow import Workflow
from events.catalogue import ActionKind, TimerKind

_NAMED = 9  # of several reviews, in a token
_TELLING: tuple[ActionKind, ...] = (
    "ask_to_fix_ci",
    "ask_to_address_review",
    "ask_to_resolve_conflicts",
)
_NEVER = Heard(0, datetime.min.replace(tzinfo=UTC))


def copilot_finished(workflow: Workflow) -> bool:
    """Say whether Copilot's present round on the pull request is over.

    It is once the pull request is no draft, or Copilot ended its work no earlier than it was last
    started: assigned to the issue, or told on the pull request by somebody who may. A further round
    that pushed something is over, too, once it was quiet for long; of an agent that never says that
    it is done, any round is.
    """
    seen = workflow.pull.seen
    if seen is not None and seen.draft is False:
        return True
    finished, assignment = workflow.pull.finished_at, workflow.assignment
    if finished is None:
        return fell_quiet(workflow)
    assigned = assignment.at if assignment is not None and assignment.present else None
    starts = (assigned, workflow.told_at)
    if all(finished >= start for start in starts if start is not None):
        return True
    return fell_quiet(workflow)


def further_round(workflow: Workflow) -> bool:
    """Say whether Copilot works on a draft that it handed over before, and may not say so again.

    Only what it pushed since shows that it took up what we told it. Of an agent that never says so
    every round is like that.
    """
    pull, finished = workflow.open_pull, workflow.pull.finished_at
    if pull is None or pull.draft is not True:
        return False
    if workflow.agent.ends == "quiet" and finished is None:
        return True
    if finished is None or workflow.told_at is None:
        return False
    asked = [
        each
        for kind in _TELLING
        for each in workflow.asked(kind)
        if each.mode == "live" and each.outcome != "failed"
    ]
    pushed = not asked or asked[-1].head_sha != pull.head_sha
    return workflow.told_at > finished and pushed


def fell_quiet(workflow: Workflow) -> bool:
    """Say whether a further round was quiet for as long as the policy lets it."""
    fired = fired_since(workflow, "round_quiet")
    return fired is not None and further_round(workflow) and fired >= last_move(workflow).position


def round_over(workflow: Workflow) -> bool:
    """Say whether Copilot is done with all that it was told about the pull request's head.

    What we asked for and Copilot has not heard of yet is still before it.
    """
    pull = workflow.open_pull
    if pull is None or not copilot_finished(workflow):
        return False
    asked = [each for kind in _TELLING for each in workflow.asked(kind)]
    return not any(
        each.mode == "live"
        and each.outcome != "failed"
        and each.head_sha == pull.head_sha
        and not _was_heard(workflow, each)
        for each in asked
    )


def _was_heard(workflow: Workflow, asked: Asked) -> bool:
    """Say whether Copilot had to hear of a comment of ours before it was done.

    Its delivery tells, and nobody else's comment; or GitHub's answer, as far as it says when.
    """
    if TRAITS[asked.kind].shown(workflow, asked):
        return True
    if asked.done_at is None:
        return False
    pull, finished = workflow.open_pull, workflow.pull.finished_at
    if pull is not None and pull.draft is False:
        return True
    return finished is not None and finished >= asked.done_at


def assignment_token(workflow: Workflow) -> str:
    """Return what tells one assignment from the next: the time of the last one known, or ``0``.

    Where no delivery told of it, that is when the issue was last seen to be Copilot's.
    """
    if workflow.assignment is not None:
        return workflow.assignment.at.isoformat()
    seen = None if workflow.assigned else workflow.known.seen_assigned
    return seen.isoformat() if seen is not None else "0"


def pending_assignment(workflow: Workflow) -> Asked | None:
    """Return the assignment that was asked for and that GitHub has shown no sign of yet."""
    if workflow.assigned or workflow.open_candidates:
        return None
    token = assignment_token(workflow)
    asked = [
        each
        for each in workflow.asked("assign")
        if each.token == token and each.outcome != "failed"
    ]
    return asked[-1] if asked else None


def start_token(workflow: Workflow) -> str | None:
    """Return the no_pull_request timer's token while Copilot is to open a pull request.

    That is the assignment's time, or the request for one that GitHub took and does not show.
    """
    if workflow.pull_request is not None or workflow.open_candidates:
        return None
    asked = pending_assignment(workflow)
    if asked is not None:
        waits = asked.mode == "live" and asked.outcome == "succeeded"
        return f"asked:{asked.position}" if waits else None
    assignment = workflow.assignment
    if not workflow.assigned or assignment is None or not assignment.present:
        return None
    return assignment.at.isoformat()


def waits_for_copilot(workflow: Workflow) -> bool:
    """Say whether the next step is Copilot's: to begin, to end its round, to do as it was told."""
    if workflow.open_pull is None:
        return workflow.assigned and not workflow.open_candidates
    if not copilot_finished(workflow):
        return True
    asked = asked_about_checks(workflow) or asked_about_reviews(workflow)
    return asked or asked_about_conflict(workflow)


def asked_about_checks(workflow: Workflow) -> bool:
    """Say whether Copilot was asked to mend what failed on the present head, or does by itself."""
    pull = workflow.open_pull
    if pull is None or not workflow.checks.failed:
        return False
    if mends_itself(workflow):
        return True
    return any(asked.head_sha == pull.head_sha for asked in workflow.asked("ask_to_fix_ci"))


def asked_about_reviews(workflow: Workflow) -> bool:
    """Say whether Copilot was told, by us or by the reviewers, of all that is to be addressed."""
    if not workflow.reviews.to_address:
        return False
    asked = workflow.asked("ask_to_address_review")
    told = {number for each in asked for number in each.token.split(",")}
    return workflow.reviews.told or told.issuperset(reviews_token(workflow).split(","))


def reviews_token(workflow: Workflow) -> str:
    """Return the token of asking to address reviews: their ids; the newest, should there be many.

    The newest alone would not do: it may be dismissed, and an older one be submitted after it.
    """
    return ",".join(map(str, workflow.reviews.to_address[-_NAMED:]))


def last_move(workflow: Workflow) -> Heard:
    """Return when a workflow last moved; position 0 and no real time if it never did.

    What we only tell people (labels, hand-overs) does not count among what we asked for.
    """
    told = (workflow.known.heard, workflow.pull.heard_reviews)
    heard = filter(None, (*told, *_heard_of_work(workflow)))
    return max((*heard, *_asked(workflow)), key=_place, default=_NEVER)


def progress_token(workflow: Workflow) -> str:
    """Return the no_progress timer's token: the position at which a workflow last moved."""
    return str(last_move(workflow).position)


def stalled(workflow: Workflow) -> bool:
    """Say whether Copilot is waited for and nothing moved since the no_progress timer fired.

    GitHub tells us of the label and the comment by which we hand over; these do not end the hold,
    only the work itself does: the pull request, its checks, or a new request to Copilot.
    """
    fired = fired_since(workflow, "no_progress")
    if fired is None or not waits_for_copilot(workflow):
        return False
    return fired >= last_move(workflow).position or _handed_over(workflow, fired)


def fired_since(workflow: Workflow, kind: TimerKind) -> int | None:
    """Return the position since which nothing had come when a timer last fired; None: it never did.

    A wait of its kind that began no later has passed as well.
    """
    fired = workflow.handling.fired.get(kind)
    return int(fired) if fired is not None and fired.isdecimal() else None


def _handed_over(workflow: Workflow, since: int) -> bool:
    moves = (*filter(None, _heard_of_work(workflow)), *_asked(workflow))
    moved = max(map(_place, moves), default=0)
    return moved <= since and any(a.position > since for a in workflow.asked("hand_to_person"))


def _place(heard: Heard) -> int:
    return heard.position


def _heard_of_work(workflow: Workflow) -> Iterator[Heard | None]:
    """Yield when we heard of the pull request, and of the checks of its head."""
    if workflow.pull_request is not None:
        yield workflow.pull.heard
        yield workflow.lane.commit(workflow.pull_request.head_sha).heard


def _asked(workflow: Workflow) -> Iterator[Heard]:
    for asked in workflow.handling.asked:
        if not TRAITS[asked.kind].only_tells:
            yield Heard(asked.position, asked.at)
