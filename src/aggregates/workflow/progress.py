"""Whether Copilot is waited for, and whether it moves."""

from collections.abc import Iterator
from datetime import UTC, datetime

from aggregates.actions import TRAITS
from aggregates.lane.lane import Heard
from aggregates.workflow.rounds import copilot_finished
from aggregates.workflow.workflow import Workflow
from events.catalogue import TimerKind

_NAMED = 9  # of several reviews, in a token
_NEVER = Heard(0, datetime.min.replace(tzinfo=UTC))


def last_move(workflow: Workflow) -> Heard:
    """Return when a workflow last moved; position 0 and no real time if it never did.

    What we only tell people (labels, hand-overs) does not count among what we asked for.
    """
    heard = _heard(workflow, ("issue", "pull", "reviews", "checks"))
    return max((*heard, *_asked(workflow)), key=_place, default=_NEVER)


def progress_token(workflow: Workflow) -> str:
    """Return the no_progress timer's token: the position at which a workflow last moved."""
    return str(last_move(workflow).position)


def waits_for_copilot(workflow: Workflow) -> bool:
    """Say whether the next step is Copilot's: to begin, to end its round, to do as it was told."""
    pull = workflow.open_pull
    if pull is None:
        return workflow.assigned and not workflow.open_candidates
    if not copilot_finished(workflow.lane.seen, pull, workflow.number):
        return True
    return asked_about_checks(workflow) or asked_about_reviews(workflow)


def asked_about_checks(workflow: Workflow) -> bool:
    """Say whether Copilot was asked to mend what failed on the present head."""
    pull = workflow.open_pull
    if pull is None or not workflow.checks.failed:
        return False
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
    moves = (*_heard(workflow, ("pull", "checks")), *_asked(workflow))
    moved = max(map(_place, moves), default=0)
    return moved <= since and any(a.position > since for a in workflow.asked("hand_to_person"))


def _place(heard: Heard) -> int:
    return heard.position


def _heard(workflow: Workflow, kinds: tuple[str, ...]) -> Iterator[Heard]:
    heard = workflow.lane.heard
    names = (name for name in _subjects(workflow) if name.partition(":")[0] in kinds)
    yield from (heard[name] for name in names if name in heard)


def _subjects(workflow: Workflow) -> Iterator[str]:
    yield f"issue:{workflow.number}"
    if (pull := workflow.pull_request) is not None:
        yield from (f"pull:{pull.number}", f"reviews:{pull.number}", f"checks:{pull.head_sha}")


def _asked(workflow: Workflow) -> Iterator[Heard]:
    for asked in workflow.handling.asked:
        if not TRAITS[asked.kind].only_tells:
            yield Heard(asked.position, asked.at)
