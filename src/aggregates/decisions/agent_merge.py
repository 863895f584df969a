"""Switching Agent Merge on, so that Copilot mends by itself, and off where a person takes over."""

from aggregates.decisions.budgeting import beyond_budget
from aggregates.decisions.intention import NO_PULL, Considered, Decision, Declined, Intention
from aggregates.decisions.reruns import reruns_first
from aggregates.decisions.waits import settling
from aggregates.workflow import Workflow
from aggregates.workflow.agent_merge import (
    agent_merge_of,
    enabling_of_head,
    enabling_token,
    mends_itself,
    person_switched_it_off,
    switched_on,
)
from aggregates.workflow.failures import awaits_failure
from aggregates.workflow.flaky import runs_again
from aggregates.workflow.mending import awaits_agent_merge, to_mend
from events.catalogue import ActionKind

_MEND = "mend"
_IS_ASKED = "GitHub is being asked whether Agent Merge is on"


def enable_agent_merge(workflow: Workflow) -> Considered:  # noqa: PLR0911 (a reason each)
    """Switch it on once for each head, where it is off and Copilot would be asked to mend.

    Where GitHub refuses, or knows no such thing, Copilot is asked in a comment.
    """
    kind: ActionKind = "enable_agent_merge"
    pull, mends = workflow.open_pull, to_mend(workflow)
    if workflow.circumstances.policy.mend != "agent_merge":
        return Declined(kind, "the policy does not have it switched on", (_MEND,))
    if pull is None:
        return Declined(kind, NO_PULL)
    if asked := enabling_of_head(workflow):
        return Declined(kind, "it was decided on this head already", asked=asked)
    if mends is None:
        return _no_more(workflow, kind)
    if why := _is_not_to_be(workflow):
        return Declined(kind, why, (_MEND,))
    if mends == "checks" and (why := _is_run_again_first(workflow)):
        return Declined(kind, why, ("ci.flaky",))
    what = "checks failed" if mends == "checks" else "it conflicts with its base"
    decision = Decision(
        kind=kind,
        issue_number=workflow.number,
        token=enabling_token(pull.head_sha, mends),
        reason=f"{what} at {pull.head_sha[:7]}, and the policy lets Copilot mend by itself",
        pull_request_number=pull.number,
        head_sha=pull.head_sha,
    )
    if mends == "conflicts":
        return Intention(decision, by=(_MEND,))
    return Intention(decision, settling(workflow, pull), (_MEND, "ci.settle_seconds"))


def disable_agent_merge(workflow: Workflow) -> Considered:
    """Switch off what we switched on, now that a person has the work, or is to mend it."""
    kind: ActionKind = "disable_agent_merge"
    pull, since = workflow.open_pull, switched_on(workflow)
    if pull is None:
        return Declined(kind, NO_PULL)
    if since is None:
        return Declined(kind, "we did not switch Agent Merge on")
    token = str(since)
    if told := [each for each in workflow.asked(kind) if each.token == token]:
        return Declined(kind, "it was decided already", asked=told[-1])
    decision = Decision(
        kind=kind,
        issue_number=workflow.number,
        token=token,
        reason="a person has the work, and we had switched Agent Merge on",
        pull_request_number=pull.number,
    )
    return Intention(decision)


def left_to_agent_merge(workflow: Workflow, kind: ActionKind) -> Declined | None:
    """Say why Copilot is not asked in a comment to mend a head; None: nothing of this is why."""
    if workflow.circumstances.policy.mend == "off":
        return Declined(kind, "nobody is asked to mend here, a person does", (_MEND,))
    if mends_itself(workflow):
        return Declined(kind, "Agent Merge is on, so that Copilot mends by itself", (_MEND,))
    if awaits_agent_merge(workflow):
        return Declined(kind, _IS_ASKED)
    if isinstance(enable_agent_merge(workflow), Intention):
        return Declined(kind, "Agent Merge is switched on instead", (_MEND,))
    return None


def _no_more(workflow: Workflow, kind: ActionKind) -> Declined:
    beyond = beyond_budget(workflow, kind)
    return beyond or Declined(kind, "Copilot would not be asked to mend anything now", (_MEND,))


def _is_not_to_be(workflow: Workflow) -> str | None:
    """Say why it is not switched on though something is to be mended; None: nothing is why."""
    if not workflow.agent.agent_merge:
        return f"{workflow.agent.title} cannot mend by itself"
    if awaits_agent_merge(workflow):
        return _IS_ASKED
    answer = agent_merge_of(workflow)
    if answer is None:
        return "nobody can be asked whether it is on"
    if not answer.supported:
        return "GitHub knows no Agent Merge here, or does not let us use it"
    return "a person switched it off" if person_switched_it_off(workflow) else None


def _is_run_again_first(workflow: Workflow) -> str | None:
    """Say why flaky jobs come first, where they do or may."""
    if workflow.circumstances.policy.ci.flaky != "rerun_once":
        return None
    if awaits_failure(workflow):
        return "GitHub is being asked how they failed"
    first = reruns_first(workflow) or runs_again(workflow)
    return "the jobs that failed are run again first" if first else None
