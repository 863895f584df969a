"""Rules for an issue without a pull request."""

from aggregates.stages.epics import EPIC_UNDER_WAY
from aggregates.stages.facts.circumstances import ACTING_USER, MODE, PAUSED
from aggregates.stages.facts.copilot import AGENT, ASSIGN_ASKED, ASSIGNED
from aggregates.stages.facts.issues import BLOCKERS, HELD_BY_EPIC, QUEUED
from aggregates.stages.facts.pull_requests import LEADER
from aggregates.stages.facts.rule_fact import policy_fact
from aggregates.stages.rule import Rule, when
from aggregates.stages.stage import Explanation, Stage, Wait, blocker, listed, moment
from aggregates.surroundings import Circumstances
from aggregates.workflow import Workflow, pending_assignment
from aggregates.workflow.blockers import blockers_of
from aggregates.workflow.parts import held_by_epic

_TO_START = (Wait("copilot", "to start"),)
_ITS_TURN = (Wait("turn", "its turn in the lane"),)


def _is_in_progress(workflow: Workflow) -> bool:
    return workflow.assigned


def _in_progress(workflow: Workflow) -> Explanation:
    assignment = workflow.assignment
    since = f" since {moment(assignment.at)}" if assignment and assignment.present else ""
    return Explanation(
        f"{workflow.agent.title} has been working on the issue{since}",
        (Wait("copilot", "to open a pull request"),),
    )


def _is_blocked(workflow: Workflow) -> bool:
    return bool(blockers_of(workflow))


def _blocked(workflow: Workflow) -> Explanation:
    names = [blocker(each) for each in blockers_of(workflow)]
    return Explanation(f"blocked by {listed(names)}", tuple(Wait("issue", name) for name in names))


def _queued(workflow: Workflow) -> Explanation:
    asked, title = pending_assignment(workflow), workflow.agent.title
    if asked and asked.mode == "live":
        at = moment(asked.at)
        return Explanation(f"waiting for {title} to start: asked to be assigned at {at}", _TO_START)
    if asked:
        return Explanation(
            f"it would have been assigned to {title} now, which shadow mode only records",
            (Wait("person", f"to assign {title}, or to set the mode to live"),),
        )
    if workflow.issue is None:
        return Explanation("an operator named the issue, GitHub has not told of it", _ITS_TURN)
    return _kept(workflow.circumstances) or _without_agent(workflow) or _in_its_turn(workflow)


def _without_agent(workflow: Workflow) -> Explanation | None:
    if workflow.lacks_agent is None:
        return None
    return Explanation(
        f"its policy names an agent that is not known here: {workflow.lacks_agent}",
        (Wait("person", "to name another in the policy, or to add it to the server's agents"),),
    )


def _in_its_turn(workflow: Workflow) -> Explanation:
    """Say that it is not its turn, as a part of an epic, too, which may keep it waiting itself."""
    if held := held_by_epic(workflow):
        epic, why = held
        return Explanation(f"waiting for its epic #{epic}, {why}", (Wait("issue", f"#{epic}"),))
    part = f", as a part of #{workflow.epic}" if workflow.epic is not None else ""
    return Explanation(f"waiting for its turn in the lane{part}", _ITS_TURN)


def _kept(held: Circumstances) -> Explanation | None:
    """Say what keeps us from assigning anything at all; None where it is only not its turn."""
    if held.paused is not None:
        return Explanation("waiting for the end of a pause", (Wait("person", "to resume"),))
    if held.mode == "off":
        return Explanation(
            "nothing is decided, since the mode is off", (Wait("person", "to set another mode"),)
        )
    if held.used_up:
        ends_at = moment(max(each.ends_at for each in held.used_up))
        return Explanation(
            f"waiting until {ends_at}, since the sessions that the policy allows are used up",
            (Wait("turn", f"the next period, from {ends_at} on"),),
        )
    if held.mode == "live" and held.acting_user is None:
        return Explanation(
            "nobody can assign Copilot, since there is no acting user",
            (Wait("person", "who may write here, to consent to being an acting user"),),
        )
    return None


def _is_led(workflow: Workflow) -> bool:
    return workflow.is_led


def _led(workflow: Workflow) -> Explanation:
    number, leader = workflow.pull_request, f"#{workflow.leader}"
    pull = f"#{number.number}" if number is not None else ""
    told = f"pull request {pull} works on several issues, and is conducted with {leader}"
    return Explanation(told, (Wait("issue", leader),))


_DEPENDENCIES = policy_fact("queue.dependencies")

WAITING = (
    Rule(
        stage=Stage.IN_PROGRESS,
        name="led",
        summary="its open pull request is conducted with another issue that it works on, too",
        waits_for="that issue",
        conditions=(when("it is conducted with another issue", _is_led, LEADER),),
        explain=_led,
    ),
    Rule(
        stage=Stage.IN_PROGRESS,
        name="in_progress",
        summary="the issue is assigned to Copilot, and there is no pull request yet",
        waits_for="Copilot",
        conditions=(when("Copilot is assigned", _is_in_progress, ASSIGNED),),
        explain=_in_progress,
    ),
    EPIC_UNDER_WAY,
    Rule(
        stage=Stage.BLOCKED,
        name="blocked",
        summary="an issue that it depends on is open, and `queue.dependencies` is on",
        waits_for="those issues",
        conditions=(
            when("an issue that it depends on is open", _is_blocked, BLOCKERS, _DEPENDENCIES),
        ),
        explain=_blocked,
    ),
    Rule(
        stage=Stage.QUEUED,
        name="queued",
        summary="nothing of the above",
        waits_for="its turn, Copilot to start, or a person where nothing may be assigned",
        conditions=(),
        explain=_queued,
        besides=(QUEUED, HELD_BY_EPIC, ASSIGN_ASKED, AGENT, PAUSED, MODE, ACTING_USER),
    ),
)
