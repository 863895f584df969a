"""Checks that fail for nothing now and then, and their being run again before Copilot is asked.

Flaky is what failed on the default branch lately, too, but not mostly, and does not fail on the
base branch now.
"""

from aggregates.lane.ours import Asked
from aggregates.workflow.failures import failure_stamp, known_failure
from aggregates.workflow.workflow import Workflow
from events.github.failures import FailedCheck, FailureSeen

_LEAST = 10  # results that tell anything
_SEVERAL = 2


def is_flaky(check: FailedCheck) -> bool:
    """Say whether a check that failed is flaky, by its history."""
    history = check.history
    if history is None or check.also_on_base:
        return False
    return history.of >= _LEAST and _SEVERAL <= history.failed <= history.of / 2


def flaky_failure(workflow: Workflow) -> FailureSeen | None:
    """Return what failed where all of it is flaky and can be run again; None: it is not so."""
    known = known_failure(workflow)
    if known is None or not known.checks:
        return None
    all_told = {each.name for each in known.checks} == set(workflow.checks.failed)
    runnable = all(is_flaky(each) and each.run_id is not None for each in known.checks)
    return known if all_told and runnable else None


def rerun_asked(workflow: Workflow) -> Asked | None:
    """Return the request to run the head's failed jobs again; there is one for each head."""
    pull = workflow.open_pull
    asked = workflow.asked("rerun_failed_jobs")
    return next((a for a in asked if pull is not None and a.head_sha == pull.head_sha), None)


def runs_again(workflow: Workflow) -> bool:
    """Say whether failed jobs are to be run again, or are and do not show yet."""
    asked = rerun_asked(workflow)
    if asked is None or asked.mode != "live" or asked.outcome == "failed":
        return False
    return asked.token == rerun_token(workflow)


def unseen_rerun(workflow: Workflow) -> Asked | None:
    """Return the request to run failed jobs again that GitHub took and shows no sign of."""
    asked = rerun_asked(workflow)
    taken = asked is not None and asked.outcome == "succeeded"
    return asked if taken and runs_again(workflow) else None


def rerun_token(workflow: Workflow) -> str:
    """Return the token of running again what fails now."""
    pull = workflow.open_pull
    return f"{pull.head_sha if pull else ''}:{failure_stamp(workflow)}"
