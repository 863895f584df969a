"""Asking Copilot to resolve a conflict with the base: once for each, and only so often."""

from aggregates.decisions import prompts
from aggregates.decisions.agent_merge import left_to_agent_merge
from aggregates.decisions.budgeting import beyond_budget
from aggregates.decisions.intention import (
    NO_PULL,
    NOT_OVER,
    Considered,
    Decision,
    Declined,
    Intention,
    of_agent,
)
from aggregates.workflow import Workflow, round_over
from aggregates.workflow.agent_merge import mends_itself, resolves_asked
from aggregates.workflow.conflicts import (
    asked_about_conflict,
    conflict_of,
    conflict_token,
    is_being_asked,
)
from events.catalogue import ActionKind


def ask_to_resolve_conflicts(workflow: Workflow) -> Considered:  # noqa: PLR0911 (a reason each)
    """Ask once for each head and base, when Copilot is done and GitHub knows of the newest base."""
    kind: ActionKind = "ask_to_resolve_conflicts"
    pull, conflict = workflow.open_pull, conflict_of(workflow)
    times = resolves_asked(workflow)
    most = workflow.circumstances.policy.conflicts.max_attempts
    if pull is None:
        return Declined(kind, NO_PULL)
    if conflict is None:
        return Declined(kind, "GitHub does not say that it conflicts with its base")
    if asked_about_conflict(workflow) and not mends_itself(workflow):
        asked = workflow.asked(kind)[-1]
        return Declined(kind, "it was decided about this conflict already", asked=asked)
    if is_being_asked(workflow):
        return Declined(kind, "the base moved, and GitHub is asked whether it still conflicts")
    if times >= most and not mends_itself(workflow):
        why = f"{workflow.agent.title} was asked {times} times, and {most} are allowed"
        return Declined(kind, why, ("conflicts.max_attempts",))
    if beyond := beyond_budget(workflow, kind):
        return beyond
    if not round_over(workflow):
        return Declined(kind, NOT_OVER)
    if left := left_to_agent_merge(workflow, kind):
        return left
    attempt = f"attempt {times + 1} of {most}"
    decision = Decision(
        kind=kind,
        issue_number=workflow.number,
        token=conflict_token(conflict),
        reason=f"{pull.head_sha[:7]} conflicts with {conflict.base_ref}; {attempt}",
        pull_request_number=pull.number,
        head_sha=pull.head_sha,
        parameters={"body": prompts.resolve_conflicts(workflow, pull, conflict)}
        | of_agent(workflow.agent),
    )
    return Intention(decision, by=("conflicts.max_attempts",))
