"""Rules for pull requests that leave it open what became of an issue: several, unsure or closed."""

from aggregates.stages.facts.copilot import ASSIGNED
from aggregates.stages.facts.pull_requests import CANDIDATES, LINK, PULL_REQUEST
from aggregates.stages.pull_requests import MERGEABLE
from aggregates.stages.rule import Rule, when
from aggregates.stages.stage import Explanation, Stage, hold, listed
from aggregates.workflow import Workflow


def _has_several(workflow: Workflow) -> bool:
    return len(workflow.open_candidates) > 1


def _several(workflow: Workflow) -> Explanation:
    numbers = listed(f"#{number}" for number in workflow.open_candidates)
    return hold(
        f"several open pull requests work on the issue: {numbers}", "to close all but one of them"
    )


def _only_fits(workflow: Workflow) -> bool:
    return workflow.probable


def _is_merged_or_mergeable(workflow: Workflow) -> bool:
    """Say whether its pull request is to be merged, or was: nobody knows for what."""
    merged = workflow.pull_request is not None and workflow.pull_request.merged
    return merged or all(each.is_met(workflow) for each in MERGEABLE)


def _unclear(workflow: Workflow) -> Explanation:
    """Ask a person what only they, or GitHub, can say of a pull request."""
    number = workflow.pull_request.number if workflow.pull_request else 0
    return hold(
        f"did #{number} work on this? Nothing on GitHub says so",
        "to link them on GitHub, to answer by the command link, or to close the issue",
    )


def _is_closed_unmerged(workflow: Workflow) -> bool:
    pull = workflow.pull_request
    return pull is not None and pull.state != "open" and not pull.merged


def _is_assigned(workflow: Workflow) -> bool:
    return workflow.assigned


def _closed_unmerged(workflow: Workflow) -> Explanation:
    number = workflow.pull_request.number if workflow.pull_request else 0
    title = workflow.agent.title
    return hold(
        f"pull request #{number} was closed without a merge, and {title} is still assigned",
        f"to reopen it, to assign {title} anew, or to close the issue",
    )


LINKS = (
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="several_pull_requests",
        summary="several open pull requests are linked to the issue",
        waits_for="a person",
        conditions=(when("several pull requests are open", _has_several, CANDIDATES),),
        explain=_several,
    ),
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="unconfirmed_link",
        summary="a pull request that only fits is ready for its merge, or was merged, and nothing "
        "says that it works on the issue",
        waits_for="a person, or GitHub's word",
        conditions=(
            when("its pull request only fits", _only_fits, LINK),
            when(
                "it was merged, or is ready for it",
                _is_merged_or_mergeable,
                PULL_REQUEST,
                *(fact for each in MERGEABLE for fact in each.facts),
            ),
        ),
        explain=_unclear,
    ),
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="closed_unmerged",
        summary="its pull request was closed without a merge while Copilot is assigned",
        waits_for="a person",
        conditions=(
            when("its pull request was closed unmerged", _is_closed_unmerged, PULL_REQUEST),
            when("Copilot is assigned", _is_assigned, ASSIGNED),
        ),
        explain=_closed_unmerged,
    ),
)
