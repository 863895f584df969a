"""Deciding: what should be is compared with what was asked for."""

from collections.abc import Iterator
from dataclasses import dataclass

from aggregates.actions import TRAITS
from aggregates.circumstances import Circumstances, circumstances
from aggregates.decisions.advancing import mark_ready, merge, request_copilot_review
from aggregates.decisions.assigning import assignments
from aggregates.decisions.intention import Decision, Intention, Timer
from aggregates.decisions.mending import ask_to_address_review, ask_to_fix_ci
from aggregates.decisions.telling import hand_to_person, set_label
from aggregates.decisions.watchdogs import watchdogs
from aggregates.lane import Lane
from aggregates.scope import Scope
from aggregates.stages import Placement, Stage, place
from aggregates.workflow import Workflow, workflow_of

_Standing = list[tuple[Workflow, Placement]]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be asked for now, and the waits that run."""

    decisions: tuple[Decision, ...] = ()
    timers: tuple[Timer, ...] = ()


def decide(lane: Lane, scope: Scope) -> tuple[Decision, ...]:
    """Return what is to be asked for now; recorded, none of it is decided again."""
    return consider(lane, scope).decisions


def timers(lane: Lane, scope: Scope) -> tuple[Timer, ...]:
    """Return the waits that run for a lane."""
    return consider(lane, scope).timers


def consider(lane: Lane, scope: Scope) -> Outlook:
    """Return what a lane calls for; nothing while it is paused or its mode is off."""
    around = circumstances(lane, scope)
    if around.mode == "off" or around.paused is not None:
        return Outlook()
    standing = list(_standing(lane, around))
    intentions = [each for each in _intentions(standing) if _may(around, each.decision)]
    waits = [each.wait for each in intentions if each.wait is not None]
    watched = [timer for each in standing if _concerns_us(each[0]) for timer in watchdogs(*each)]
    return Outlook(
        tuple(each.decision for each in intentions if each.wait is None),
        tuple(dict.fromkeys((*waits, *watched))),
    )


def _standing(lane: Lane, around: Circumstances) -> Iterator[tuple[Workflow, Placement]]:
    """Yield the workflows for which something might be done, with where they stand."""
    opened = {number for number, issue in lane.seen.issues.items() if issue.state == "open"}
    for number in sorted(opened | lane.conduct.handlings.keys()):
        workflow = workflow_of(lane, around, number)
        if workflow is not None:
            yield workflow, place(workflow)


def _intentions(standing: _Standing) -> Iterator[Intention]:
    for workflow, placement in standing:
        if _concerns_us(workflow):
            yield from set_label(workflow, placement)
            yield from _next_step(workflow, placement)
    yield from assignments(standing)


def _concerns_us(workflow: Workflow) -> bool:
    """Say whether we may do anything: not for what a person took over, or had us skip."""
    return not (workflow.handling.taken_over or workflow.handling.skipped)


def _next_step(workflow: Workflow, placement: Placement) -> Iterator[Intention]:
    match placement.stage:
        case Stage.NEEDS_HUMAN:
            yield from hand_to_person(workflow, placement)
        case Stage.CHANGES_REQUESTED:
            yield from ask_to_address_review(workflow)
        case Stage.CI_FAILED:
            yield from ask_to_fix_ci(workflow)
        case Stage.DRAFT:
            yield from mark_ready(workflow)
        case Stage.READY_FOR_REVIEW | Stage.MERGE_READY:
            yield from request_copilot_review(workflow)
            if placement.stage == Stage.MERGE_READY:
                yield from merge(workflow)


def _may(around: Circumstances, decision: Decision) -> bool:
    """Say whether there is somebody who may do it; in shadow mode nobody has to."""
    needs_user = around.mode == "live" and TRAITS[decision.kind].needs_user
    return around.acting_user is not None or not needs_user
