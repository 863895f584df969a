"""What failed on a head: of which checks GitHub is asked for more, and what it told of them."""

from hashlib import sha256

from aggregates.lane.parts import Check
from aggregates.workflow.agent_merge import fixes_asked
from aggregates.workflow.conflicts import conflict_of
from aggregates.workflow.progress import asked_about_checks, round_over
from aggregates.workflow.speaking import says
from aggregates.workflow.workflow import Workflow
from events.github.failures import MAX_CHECKS, FailureSeen

_BEST = {"run": 2, "actions": 1, "status": 0, "suite": 0}  # of one name: who can tell more


def failed_checks(workflow: Workflow) -> tuple[Check, ...]:
    """Return the checks that failed on the head, by name: the newest of each, a few of many."""
    pull = workflow.open_pull
    if pull is None or not workflow.checks.failed:
        return ()
    names, found = frozenset(workflow.checks.failed), dict[str, Check]()
    for check in workflow.lane.commit(pull.head_sha).checks:
        if check.name in names and says(check) == "failed":
            known = found.get(check.name)
            if known is None or _place(check) > _place(known):
                found[check.name] = check
    return tuple(found[name] for name in sorted(found)[:MAX_CHECKS])


def failure_stamp(workflow: Workflow) -> int:
    """Return what tells these failures from those of another head, or of another run."""
    pull = workflow.open_pull
    of = [f"{each.kind} {each.id} {each.attempt}" for each in failed_checks(workflow)]
    words = "\0".join([pull.head_sha if pull else "", *workflow.checks.failed, *of])
    return int.from_bytes(sha256(words.encode(errors="replace")).digest()[:7])


def known_failure(workflow: Workflow) -> FailureSeen | None:
    """Return what GitHub told of the failures that there are now; None: it was not asked."""
    known = workflow.pull.failure
    if known is None or not workflow.checks.failed:
        return None
    return known if known.stamp == failure_stamp(workflow) else None


def awaits_failure(workflow: Workflow) -> bool:
    """Say whether GitHub is being asked how checks failed before Copilot is asked to mend them."""
    asks = workflow.trust.has_app and failure_matters(workflow)
    return asks and known_failure(workflow) is None


def failure_matters(workflow: Workflow) -> bool:
    """Say whether Copilot would be asked to mend these failures now, as far as that is known.

    Where nobody is asked to mend anything, flaky ones may be run again all the same.
    """
    policy = workflow.circumstances.policy
    if policy.mend == "off" and policy.ci.flaky != "rerun_once":
        return False
    return failure_stands(workflow) and fixes_asked(workflow) < policy.ci.max_attempts


def failure_stands(workflow: Workflow) -> bool:
    """Say whether somebody is to mend these failures who was not told: Copilot, or a person."""
    if not workflow.checks.failed or workflow.checks.running or workflow.reviews.to_address:
        return False
    if conflict_of(workflow) is not None or asked_about_checks(workflow):
        return False
    return round_over(workflow)


def _place(check: Check) -> tuple[int, int, int]:
    return _BEST[check.kind], check.id, check.attempt
