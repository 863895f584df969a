"""Rules and facts of a conflict with the base: Copilot's to resolve, and a person's at last."""

from aggregates.stages.agent_merge import AGENT_MERGE, attempts_told, mending_told, mending_waits
from aggregates.stages.facts.copilot import ROUND
from aggregates.stages.facts.pull_requests import OPEN_PULL
from aggregates.stages.facts.rule_fact import NONE, RuleFact, at_request, of_page, policy_fact
from aggregates.stages.rule import Rule, when
from aggregates.stages.stage import Explanation, Stage, Wait, hold, times
from aggregates.workflow import Workflow, round_over
from aggregates.workflow.agent_merge import resolves_asked
from aggregates.workflow.conflicts import asked_about_conflict, conflict_of, is_being_asked
from events.catalogue import ActionKind

_SHA = 7


def _in_words(workflow: Workflow) -> str:
    found = conflict_of(workflow)
    if found is None:
        return NONE
    return f"{found.head_sha[:_SHA]} conflicts with {found.base_ref} at {found.base_sha[:_SHA]}"


CONFLICT = RuleFact(
    name="conflict with the base",
    value=_in_words,
    told=of_page("pull_request.head_sha", "pull_request.base_ref", "pull_request.mergeable"),
)


def _times(workflow: Workflow) -> str:
    number = resolves_asked(workflow)
    asked = times(number) if number else "never"
    return f"{asked}, of this too" if asked_about_conflict(workflow) else asked


RESOLVES_ASKED = RuleFact(
    name="asked to resolve conflicts",
    value=_times,
    told=at_request("ask_to_resolve_conflicts"),
)


BEING_ASKED = RuleFact(
    name="GitHub's word of the present base",
    value=lambda w: "is being asked for" if is_being_asked(w) else "is there, or is not asked for",
    told=of_page("pull_request.head_sha", "questions"),
)


def _is_open(workflow: Workflow) -> bool:
    return workflow.open_pull is not None


def _has_conflict(workflow: Workflow) -> bool:
    return conflict_of(workflow) is not None


def _conflicted(workflow: Workflow) -> Explanation:
    asked = asked_about_conflict(workflow)
    reason = f"{_in_words(workflow)}; {mending_told(workflow, 'to resolve that', asked=asked)}"
    waits = mending_waits(workflow, "to resolve the conflict", asked=asked)
    if not is_being_asked(workflow):
        return Explanation(reason, waits)
    asking = Wait("github", "whether it still conflicts")
    again = f"{reason}; the base moved since, and GitHub is asked again"
    return Explanation(again, (*waits, asking))


CONFLICTED = Rule(
    stage=Stage.CONFLICTED,
    name="conflicted",
    summary="GitHub says that the present head conflicts with its base",
    waits_for="Copilot, or a person where nobody is asked",
    conditions=(
        when("a pull request is open", _is_open, OPEN_PULL),
        when("its head conflicts with its base", _has_conflict, CONFLICT),
    ),
    explain=_conflicted,
    besides=(RESOLVES_ASKED, AGENT_MERGE, policy_fact("mend"), BEING_ASKED),
)


def _is_to_be_asked(workflow: Workflow) -> bool:
    return not asked_about_conflict(workflow)


def _is_known_of_the_base(workflow: Workflow) -> bool:
    return not is_being_asked(workflow)


def _are_used_up(workflow: Workflow) -> bool:
    most = workflow.circumstances.policy.conflicts.max_attempts
    return resolves_asked(workflow) >= most


def _used_up(workflow: Workflow) -> Explanation:
    kind: ActionKind = "ask_to_resolve_conflicts"
    tried = attempts_told(workflow, kind, "conflicts", "to resolve conflicts")
    return hold(
        f"{_in_words(workflow)}; {tried}",
        "to resolve the conflict, or to retry it",
    )


CONFLICTS_USED_UP = Rule(
    stage=Stage.NEEDS_HUMAN,
    name="conflict_attempts_used_up",
    summary="the head conflicts anew after `conflicts.max_attempts` requests to resolve that, "
    "heads that were left to Agent Merge included",
    waits_for="a person",
    conditions=(
        when("its head conflicts with its base", _has_conflict, CONFLICT),
        when("the base has not moved since GitHub said so", _is_known_of_the_base, BEING_ASKED),
        when(
            "Copilot was not asked to resolve this",
            _is_to_be_asked,
            *(CONFLICT, RESOLVES_ASKED, AGENT_MERGE),
        ),
        when("Copilot's round is over", round_over, ROUND),
        when(
            "attempts are used up",
            _are_used_up,
            *(RESOLVES_ASKED, policy_fact("conflicts.max_attempts")),
        ),
    ),
    explain=_used_up,
)
