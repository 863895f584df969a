"""Showing people how things stand: the label of the stage, and the hand-over to one of them."""

from aggregates.actions import label_token
from aggregates.decisions import prompts
from aggregates.decisions.intention import Considered, Decision, Declined, Intention
from aggregates.decisions.waits import settling
from aggregates.stages import FINISHED, Placement, Stage
from aggregates.stages.holds import standing_failure
from aggregates.stages.placement import asked_label, shown_labels
from aggregates.stages.sessions import SESSIONS
from aggregates.workflow import Workflow, assignment_token
from aggregates.workflow.parts import progress_of
from aggregates.workflow.queued import is_queued
from events.github.names import label_key

_OF_A_HEAD = (
    "closed_unmerged",
    "ci_attempts_used_up",
    "conflict_attempts_used_up",
    "review_rounds_used_up",
    "budget_used_up",
)
_OF_A_SESSION = tuple(rule.name for rule in SESSIONS)
_WAITING = (Stage.QUEUED, Stage.BLOCKED)
_NAMED, _TASK = 8, 100  # of several pull requests, of a task's name, in a token


def set_label(workflow: Workflow, placement: Placement) -> Considered:
    """Let the issue's label follow its stage.

    It is asked for once at each stage, so what a person makes of it afterwards stays; the first one
    not at all, if a person put it there. Work that ended gets its last label only if one of ours
    was asked for before.
    """
    policy = workflow.circumstances.policy.labels
    wanted = f"{policy.prefix}{placement.stage}"
    asked = asked_label(workflow)
    if why := _no_label(workflow, placement):
        return Declined("set_label", why, ("labels.sync",))
    there = label_token(asked) == wanted if asked else shown_labels(workflow) == {label_key(wanted)}
    if there:
        why = f"{wanted} was asked for at this stage" if asked else f"{wanted} is there already"
        return Declined("set_label", why, asked=asked)
    decision = Decision(
        kind="set_label",
        issue_number=workflow.number,
        token=f"{wanted}:{_place_of_last(workflow)}",
        reason=f"its stage is {placement.stage}",
        parameters={"label": wanted, "prefix": policy.prefix, "stages": [*map(str, Stage)]},
    )
    return Intention(decision, by=("labels.sync", "labels.prefix"))


def _no_label(workflow: Workflow, placement: Placement) -> str | None:
    """Say why the label does not follow the stage here, if so."""
    if not workflow.circumstances.policy.labels.sync:
        return "labels do not follow stages here"
    if workflow.issue is None or placement.rule in ("unqueued", "gone"):
        return "the issue is not to be labelled"
    if placement.stage in _WAITING and _is_queued_by_epic_alone(workflow):
        return f"the label of #{workflow.epic} queues it: one of its own would do so ever after"
    if placement.stage in FINISHED and not _labelled_before(workflow):
        return "the work is over, and no label of ours was asked for before"
    return None


def _is_queued_by_epic_alone(workflow: Workflow) -> bool:
    handling, policy = workflow.handling, workflow.circumstances.policy
    return workflow.epic is not None and not is_queued(workflow.issue, handling, policy)


def _place_of_last(workflow: Workflow) -> int:
    """Return where the label was last asked for, in whatever mode; no two follow the same one."""
    asked = (each for each in workflow.handling.asked if each.kind == "set_label")
    return max((each.position for each in asked), default=0)


def _labelled_before(workflow: Workflow) -> bool:
    """Say whether a label was asked for in the present mode, though it may have been called off."""
    mode = workflow.circumstances.mode
    return any(a.kind == "set_label" and a.mode == mode for a in workflow.handling.asked)


def hand_to_person(workflow: Workflow, placement: Placement) -> Considered:
    """Tell people once for each cause that the work stopped, and what would help."""
    token = f"{placement.rule}:{_cause(workflow, placement)}"
    told = [each for each in workflow.asked("hand_to_person") if each.token == token]
    if told:
        return Declined("hand_to_person", "people were told of this already", asked=told[-1])
    pull = workflow.open_pull
    decision = Decision(
        kind="hand_to_person",
        issue_number=workflow.number,
        token=token,
        reason=placement.reason,
        pull_request_number=pull.number if pull else None,
        head_sha=pull.head_sha if pull else None,
        parameters={"body": prompts.hand_over(workflow, placement)},
    )
    waits = placement.rule == "ci_attempts_used_up" and pull is not None
    wait = settling(workflow, pull) if waits and pull else None
    return Intention(decision, wait, ("ci.settle_seconds",) if waits else ())


def _cause(workflow: Workflow, placement: Placement) -> str:  # noqa: PLR0911 (one each)
    """Return what tells one occasion of a rule from the next."""
    rule, pull = placement.rule, workflow.pull_request
    if rule == "several_pull_requests":
        return ",".join(map(str, workflow.open_candidates[:_NAMED]))
    if rule == "epic_finished":
        return str(progress_of(workflow).total)
    if rule in workflow.handling.fired:  # a watchdog's
        return workflow.handling.fired[rule]
    if rule == "action_failed":
        failed = standing_failure(workflow)
        return str(failed.position if failed else 0)
    if pull is not None and rule in _OF_A_HEAD:
        return f"{pull.number}:{pull.head_sha}"
    if pull is not None and rule == "unconfirmed_link":
        return str(pull.number)
    if rule in _OF_A_SESSION and (session := workflow.known.session) is not None:
        return f"{str(session.task_id)[:_TASK]}:{session.updated_at}"
    since = {"left_assigned": workflow.known.reopened_at, "unassigned": workflow.unassigned_at}
    at = since.get(rule)
    return at.isoformat() if at is not None else assignment_token(workflow)
