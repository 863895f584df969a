"""Rules for waits that took too long: each says what is waited for, and what would help."""

from collections.abc import Callable
from functools import partial

from aggregates.stages.facts.copilot import wait_fact
from aggregates.stages.rule import Rule, when
from aggregates.stages.stage import Explanation, Stage, asked_of_github, hold, listed, reviewer
from aggregates.workflow import Workflow
from aggregates.workflow.flaky import unseen_rerun
from aggregates.workflow.questions import awaited_answers
from aggregates.workflow.watches import is_overdue
from events.catalogue import TimerKind


def _missing(workflow: Workflow) -> Explanation:
    if unseen_rerun(workflow) is not None:
        names = listed(workflow.checks.failed)
        return hold(
            f"what failed was to run again, and no new attempt was heard of: {names}",
            f"to see whether it ran, and to tell {workflow.agent.title} to mend it, or to retry it",
        )
    names = listed(workflow.checks.missing)
    return hold(
        f"required checks have not reported: {names}",
        "to see why they do not run, or to require them no more",
    )


def _running(workflow: Workflow) -> Explanation:
    names = listed(workflow.checks.pending)
    return hold(f"checks run without end: {names}", "to look at them, or to start them anew")


def _inconclusive(workflow: Workflow) -> Explanation:
    names = listed(workflow.checks.inconclusive)
    return hold(f"checks ended without a result: {names}", "to run them again")


def _approval(workflow: Workflow) -> Explanation:
    names = listed(workflow.checks.awaiting_approval)
    return hold(
        f"nobody approved that Actions run: {names}", "to approve the runs on the pull request"
    )


def _reviewer(workflow: Workflow) -> Explanation:
    who = listed(reviewer(workflow, each) for each in workflow.reviews.awaited)
    by = f" by {who}" if who else ""
    return hold(f"the review{by} is awaited for too long", "to review it, or to ask somebody else")


def _answer(workflow: Workflow) -> Explanation:
    return hold(
        f"GitHub did not answer {asked_of_github(awaited_answers(workflow))}",
        "to see whether the App may ask (`copilot-orchestrator doctor`), or to go on by hand",
    )


def _rule(
    kind: TimerKind, what: str, awaited: str, explain: Callable[[Workflow], Explanation]
) -> Rule:
    overdue = partial(is_overdue, kind=kind)
    return Rule(
        stage=Stage.NEEDS_HUMAN,
        name=kind,
        summary=f"{what} for longer than `watchdog.{kind}_minutes`",
        waits_for="a person",
        conditions=(when(f"{awaited} is waited for too long", overdue, wait_fact(kind, awaited)),),
        explain=explain,
    )


OVERDUE = (
    _rule(
        "check_missing",
        "a required check, or its attempt that was to run again, did not report",
        "a check that is missing",
        _missing,
    ),
    _rule("check_running", "a required check runs", "the end of a check", _running),
    _rule(
        "check_inconclusive", "a required check has no result", "a check's result", _inconclusive
    ),
    _rule(
        "check_approval",
        "Actions wait for a person's approval",
        "a person's approval of Actions",
        _approval,
    ),
    _rule("reviewer", "a review is awaited", "a review", _reviewer),
    _rule("answer", "GitHub's answer is awaited", "GitHub's answer", _answer),
)
