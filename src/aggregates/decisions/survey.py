"""Deciding: what should be is compared with what was asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from aggregates.actions import TRAITS
from aggregates.decisions.assigning import assignments, occupies, turn_of
from aggregates.decisions.budgeting import until_periods_end, within_budget
from aggregates.decisions.by_stage import given_back, intentions
from aggregates.decisions.intention import Decision, Intention, Timer
from aggregates.decisions.waits import watchdogs
from aggregates.lane import Lane
from aggregates.stages import FINISHED, NOWHERE, Placed, Placement, place
from aggregates.surroundings import Circumstances, Surroundings, circumstances
from aggregates.workflow import Workflow, workflow_of
from aggregates.workflow.questions import Question, questions_of
from events.catalogue import ActionKind


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be asked for now, the waits that run, and what only GitHub can answer."""

    decisions: tuple[Decision, ...] = ()
    timers: tuple[Timer, ...] = ()
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one workflow calls for by itself, and what the others of its lane depend on.

    ``occupies``: it takes one of the lane's places. ``turn`` sorts the issues that may be started,
    the next one first; None for others. ``questions`` are what GitHub is to be asked.
    """

    decisions: tuple[Decision, ...] = ()
    timers: tuple[Timer, ...] = ()
    occupies: bool = False
    turn: str | None = None
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """A lane in its circumstances, and a look at each issue for which something might be done.

    There are no looks while the lane is paused or its mode is off.
    """

    lane: Lane
    around: Circumstances
    looks: Mapping[int, Look] = field(default_factory=dict)


def decide(lane: Lane, surroundings: Surroundings) -> tuple[Decision, ...]:
    """Return what is to be asked for now; recorded, none of it is decided again."""
    return consider(lane, surroundings).decisions


def timers(lane: Lane, surroundings: Surroundings) -> tuple[Timer, ...]:
    """Return the waits that run for a lane."""
    return consider(lane, surroundings).timers


def consider(lane: Lane, surroundings: Surroundings) -> Outlook:
    """Return what a lane calls for; nothing while it is paused or its mode is off."""
    survey = surveyed(lane, surroundings)
    return outlook(survey, survey.looks)


def surveyed(lane: Lane, surroundings: Surroundings) -> Survey:
    """Look at every issue of a lane."""
    around = circumstances(lane, surroundings)
    if _is_held(around):
        return Survey(lane, around)
    opened = {n for n, known in lane.issues.items() if known.seen and known.seen.state == "open"}
    numbers = sorted(opened | lane.ours.handlings.keys())
    looks = ((number, look_at(lane, around, number)) for number in numbers)
    return Survey(lane, around, {number: look for number, look in looks if look is not None})


def resurveyed(
    survey: Survey,
    lane: Lane,
    surroundings: Surroundings,
    issues: Iterable[int],
    placed: Mapping[int, Placed] = NOWHERE,
) -> Survey:
    """Look again at the issues that an event concerned; at all if it changed what holds for all.

    ``placed`` are workflows that somebody placed meanwhile: as they are in the lane, or before.
    """
    around = circumstances(lane, surroundings)
    if around != survey.around or lane.ours.order != survey.lane.ours.order:
        return surveyed(lane, surroundings)
    if _is_held(around):
        return Survey(lane, around)
    news = {number: _look_again(lane, around, number, placed.get(number)) for number in issues}
    looks = {number: look for number, look in {**survey.looks, **news}.items() if look is not None}
    return Survey(lane, around, looks)


def outlook(survey: Survey, issues: Iterable[int]) -> Outlook:
    """Return what some issues call for by themselves, and the lane by starting the next ones.

    What is to be decided is looked for in all of them: a ceiling may have kept something back that
    a new period lets through.
    """
    looks = [survey.looks[number] for number in sorted(issues) if number in survey.looks]
    own = (decision for _, look in sorted(survey.looks.items()) for decision in look.decisions)
    wanted = (*own, *started_next(survey))
    return Outlook(
        tuple(within_budget(survey.lane, survey.around, wanted)),
        tuple(timer for look in looks for timer in look.timers),
        tuple(question for look in looks for question in look.questions),
    )


def started_next(survey: Survey) -> tuple[Decision, ...]:
    """Return the assignments that the lane has places for."""
    looks = survey.looks
    if survey.around.used_up:
        return ()
    active = len(at_work(survey))
    ready = [(look.turn, number) for number, look in looks.items() if look.turn is not None]
    decisions = assignments(survey.lane, survey.around, active, ready)
    return tuple(each for each in decisions if _may(survey.around, each))


def at_work(survey: Survey) -> tuple[int, ...]:
    """Return the issues that take the lane's places, sorted."""
    return tuple(sorted(number for number, look in survey.looks.items() if look.occupies))


def look_at(lane: Lane, around: Circumstances, number: int) -> Look | None:
    """Look at one issue; None if nothing can be there to be done for it."""
    if not _may_call(lane, number):
        return None
    workflow = workflow_of(lane, around, number)
    return None if workflow is None else _look(workflow, place(workflow))


def _look_again(
    lane: Lane, around: Circumstances, number: int, placed: Placed | None
) -> Look | None:
    if placed is not None and placed.is_of(lane, around) and _may_call(lane, number):
        return _look(*placed)
    return look_at(lane, around, number)


def _may_call(lane: Lane, number: int) -> bool:
    """Say whether an issue may call for anything."""
    seen = lane.issue(number).seen
    is_open = seen is not None and seen.state == "open"
    return is_open or number in lane.ours.handlings


def held_back(around: Circumstances) -> str | None:
    """Say why nothing at all is decided in a lane; None: nothing keeps us."""
    if around.mode == "off":
        return "nothing is decided, since the mode is off"
    if around.paused is not None:
        why = f" because {around.paused.reason}" if around.paused.reason else ""
        return f"nothing is decided, since {_PAUSED[around.paused_where]} is paused{why}"
    return None


def hands_off(workflow: Workflow) -> str | None:
    """Say why we may do nothing for a workflow; None: we may."""
    if workflow.handling.taken_over:
        return "a person took it over"
    return "an operator skipped it" if workflow.handling.skipped else None


def lacks_user(around: Circumstances, kind: ActionKind) -> str | None:
    """Say why nobody may do something; None: somebody may, or in shadow mode nobody has to."""
    needs_user = around.mode == "live" and TRAITS[kind].needs_user
    if around.acting_user is not None or not needs_user:
        return None
    return "there is no acting user, and GitHub takes it from a user only"


_PAUSED: Mapping[str | None, str] = {
    "everything": "everything",
    "installation": "the installation",
    "lane": "the lane",
}


def _is_held(around: Circumstances) -> bool:
    return held_back(around) is not None


def _look(workflow: Workflow, placement: Placement) -> Look:
    around = workflow.circumstances
    if hands_off(workflow):
        back = (each for each in given_back(workflow) if isinstance(each, Intention))
        return Look(decisions=tuple(e.decision for e in back if _may(around, e.decision)))
    intended = [each for each in intentions(workflow, placement) if _may(around, each.decision)]
    waits = (each.wait for each in intended if each.wait is not None)
    turn = turn_of(workflow, placement)
    periods = until_periods_end(workflow, placement, turn)
    return Look(
        decisions=tuple(each.decision for each in intended if each.wait is None),
        timers=tuple(dict.fromkeys((*waits, *watchdogs(workflow, placement), *periods))),
        occupies=occupies(workflow, placement),
        turn=turn,
        questions=() if placement.stage in FINISHED else questions_of(workflow),
    )


def _may(around: Circumstances, decision: Decision) -> bool:
    return lacks_user(around, decision.kind) is None
