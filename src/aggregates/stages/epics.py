"""Rules for an epic, whose sub-issues are the work: it waits for them, then for who closes it."""

from aggregates.stages.facts.rule_fact import RuleFact, Told, policy_fact
from aggregates.stages.rule import Rule, when
from aggregates.stages.stage import Explanation, Stage, Wait, blocker, hold, listed
from aggregates.workflow import Workflow
from aggregates.workflow.blockers import blockers_of
from aggregates.workflow.parts import all_finished, awaits_parts, progress_of
from events.catalogue import OwnEvent, ResyncObserved

_ASKED = "GitHub is being asked for them"
_NOBODY_TO_ASK = "there is no App to ask GitHub for them with"


def _is_epic(workflow: Workflow) -> bool:
    return workflow.is_epic


def _progress(workflow: Workflow) -> str:
    """Say how much of an epic is finished, and whether that may be old."""
    progress = progress_of(workflow)
    told = f"{progress.finished} of {progress.total} finished"
    if not awaits_parts(workflow):
        return told
    return f"{told}; {_ASKED if workflow.trust.has_app else _NOBODY_TO_ASK}"


def _epic(workflow: Workflow) -> Explanation:
    progress, blockers = progress_of(workflow), [blocker(each) for each in blockers_of(workflow)]
    blocked = f"; blocked by {listed(blockers)}" if blockers else ""
    parts: tuple[int | str, ...] = (*progress.open_here, *progress.open_elsewhere)
    names = [blocker(each) for each in parts]
    waits = [Wait("issue", name) for name in (*blockers, *names)]
    if awaits_parts(workflow):
        waits.append(Wait("github", f"which sub-issues #{workflow.number} has"))
    return Explanation(f"an epic: {_progress(workflow)}{blocked}", tuple(waits))


def _finished(workflow: Workflow) -> Explanation:
    total = progress_of(workflow).total
    what = f"all of its {total} sub-issues are" if total > 1 else "its sub-issue is"
    return hold(f"an epic: {what} finished", "to close it, or to add what is left to do")


def _told_of(content: OwnEvent) -> bool:
    return isinstance(content, ResyncObserved) and content.kind in ("sub_issues", "issue")


_TOLD = Told(
    events=(("sub_issues", None), (ResyncObserved.type, ResyncObserved.action)), which=_told_of
)

EPIC = RuleFact(
    name="sub-issues that are the work",
    value=lambda w: _progress(w) if w.is_epic else "none, or it is no epic",
    told=lambda _: _TOLD,
)
_EPICS = policy_fact("queue.epics")

EPIC_FINISHED = Rule(
    stage=Stage.NEEDS_HUMAN,
    name="epic_finished",
    summary="it is an epic (`queue.epics`), and all of its sub-issues are closed",
    waits_for="a person who closes it",
    conditions=(
        when("it is an epic", _is_epic, _EPICS, EPIC),
        when("all of its sub-issues are finished", all_finished, EPIC),
    ),
    explain=_finished,
)

EPIC_UNDER_WAY = Rule(
    stage=Stage.BLOCKED,
    name="epic",
    summary="it is an epic (`queue.epics`), whose open sub-issues are queued in its place",
    waits_for="its sub-issues",
    conditions=(when("it is an epic", _is_epic, _EPICS, EPIC),),
    explain=_epic,
)
