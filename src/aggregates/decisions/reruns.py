"""Running flaky checks again, before Copilot's time is spent on what is no fault of its work."""

from aggregates.decisions.intention import Considered, Decision, Declined, Intention
from aggregates.decisions.waits import settling
from aggregates.workflow import Workflow
from aggregates.workflow.failures import awaits_failure, failure_matters
from aggregates.workflow.flaky import flaky_failure, rerun_asked, rerun_token
from aggregates.workflow.mending import awaits_agent_merge
from events.catalogue import ActionKind, Json
from events.github import FailureSeen

_FLAKY = "ci.flaky"


def rerun_failed_jobs(workflow: Workflow) -> Considered:  # noqa: PLR0911 (a reason each)
    """Run what failed again, once for each head, where all of it is flaky and the policy says so.

    Where GitHub refuses, Copilot is asked as for any failure.
    """
    kind: ActionKind = "rerun_failed_jobs"
    pull = workflow.open_pull
    if workflow.circumstances.policy.ci.flaky != "rerun_once":
        return Declined(kind, "the policy has Copilot asked at once", (_FLAKY,))
    if pull is None or not failure_matters(workflow):
        return Declined(kind, "Copilot would not be asked to mend anything now", (_FLAKY,))
    if asked := rerun_asked(workflow):
        return Declined(kind, "it was decided on this head already", asked=asked)
    if awaits_agent_merge(workflow):
        return Declined(kind, "GitHub is being asked whether Agent Merge is on")
    if awaits_failure(workflow):
        return Declined(kind, "GitHub is being asked how they failed")
    failure = flaky_failure(workflow)
    if failure is None:
        return Declined(kind, "not all that failed is known to be flaky", (_FLAKY,))
    decision = Decision(
        kind=kind,
        issue_number=workflow.number,
        token=rerun_token(workflow),
        reason=f"all that failed on {pull.head_sha[:7]} is flaky; it is run again once",
        pull_request_number=pull.number,
        head_sha=pull.head_sha,
        parameters={"runs": _runs(failure)},
    )
    return Intention(decision, settling(workflow, pull), (_FLAKY, "ci.settle_seconds"))


def _runs(failure: FailureSeen) -> dict[str, Json]:
    """Return the runs that failed, each with its newest attempt: not all of its jobs run in each.

    GitHub tells of a job by the attempt in which that ran last.
    """
    newest: dict[str, int] = {}
    for each in failure.checks:
        run = str(each.run_id)
        newest[run] = max(newest.get(run, 1), each.attempt or 1)
    return {**newest}


def reruns_first(workflow: Workflow) -> bool:
    """Say whether failed jobs are to be run again before Copilot is asked to mend them."""
    return isinstance(rerun_failed_jobs(workflow), Intention)
