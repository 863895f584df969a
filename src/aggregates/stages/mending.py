"""Rules for a pull request that has to change."""

from aggregates.stages.rule import Explanation, Rule
from aggregates.stages.stage import Stage
from aggregates.stages.texts import head_of, listed, reviewer
from aggregates.stages.waits import Wait
from aggregates.workflow import Workflow
from aggregates.workflow.progress import asked_about_checks, asked_about_reviews


def _has_changes(workflow: Workflow) -> bool:
    return workflow.open_pull is not None and bool(workflow.reviews.to_address)


def _changes(workflow: Workflow) -> Explanation:
    who = (
        listed(reviewer(workflow, each) for each in workflow.reviews.reviewers_to_address)
        or "a reviewer"
    )
    told = "Copilot was told" if asked_about_reviews(workflow) else "Copilot is still to be told"
    return Explanation(
        f"changes were requested by {who}; {told}", (Wait("copilot", "to address the review"),)
    )


def _has_failed(workflow: Workflow) -> bool:
    return workflow.open_pull is not None and bool(workflow.checks.failed)


def _failed(workflow: Workflow) -> Explanation:
    head = head_of(workflow.open_pull) if workflow.open_pull else ""
    told = "Copilot was asked" if asked_about_checks(workflow) else "Copilot is still to be asked"
    names = workflow.checks.failed
    return Explanation(
        f"checks failed on {head}: {listed(names)}; {told} to mend them",
        (Wait("copilot", "to mend the checks"), *(Wait("check", name) for name in names)),
    )


MENDING = (
    Rule(
        stage=Stage.CHANGES_REQUESTED,
        name="changes_requested",
        summary="a change request on the present head is open",
        waits_for="Copilot",
        applies=_has_changes,
        explain=_changes,
    ),
    Rule(
        stage=Stage.CI_FAILED,
        name="ci_failed",
        summary="a required check of the head failed, whether it is a draft or not",
        waits_for="Copilot, the failed checks",
        applies=_has_failed,
        explain=_failed,
    ),
)
