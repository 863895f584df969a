"""In whatever order deliveries come, the same is decided; only places in the log differ."""

from dataclasses import fields, replace
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from aggregates.decisions import Decision, consider
from events.catalogue import Json, ModeSet, TimerFired
from events.envelope import GITHUB, NewEvent
from tests.aggregates.decisions.conductor import Conductor
from tests.aggregates.decisions.policies import policies
from tests.aggregates.decisions.season import STEPS, Season
from tests.worlds.examples import SOME
from tests.worlds.histories import interleavings, permuted

LENGTH = 40
ROUNDS = 3
LATER = 10_000
_OF_ONE_LOG = (TimerFired.type, "policy")

View: TypeAlias = list[tuple[object, ...]]


@SOME
@given(policy=policies(), data=st.data())
def test_who_heard_the_same_in_another_order_decides_the_same_from_there(
    policy: dict[str, Json], data: st.DataObject
) -> None:
    """Deciding live or not; the waits pass, and what is decided is recorded, in both at once."""
    deliveries = drawn(policy, data).world.deliveries
    one = after(deliveries, policy)
    other = after(data.draw(permuted(deliveries)), policy)
    for _ in range(ROUNDS):
        assert seen_by(one) == seen_by(other)
        for conductor in (one, other):
            conductor.act()
            conductor.let_time_pass()
    assert seen_by(one) == seen_by(other)


@SOME
@given(policy=policies(("shadow",)), data=st.data())
def test_among_our_own_events_too_deliveries_may_come_in_any_order(
    policy: dict[str, Json], data: st.DataObject
) -> None:
    """In shadow mode: what we asked of Copilot live is over once we heard of it, wherever that is.

    Timers are left out, for they speak of places in one log.
    """
    season = drawn(policy, data)
    own = [each for each in season.conductor.log.values() if is_ours(each)]
    deliveries = season.world.deliveries
    one = after(data.draw(interleavings(own, deliveries)), policy)
    other = after(data.draw(interleavings(own, data.draw(permuted(deliveries)))), policy)
    assert seen_by(one) == seen_by(other)


def drawn(policy: dict[str, Json], data: st.DataObject) -> Season:
    chance = data.draw(st.randoms(use_true_random=True))
    season = Season(policy)
    for _ in range(LENGTH):
        season.go_on(chance.randrange(STEPS))
    return season


def is_ours(event: NewEvent) -> bool:
    mode_set = (event.type, event.action) == (ModeSet.type, ModeSet.action)
    return event.source != GITHUB and event.type not in _OF_ONE_LOG and not mode_set


def after(history: list[NewEvent], policy: dict[str, Json]) -> Conductor:
    """A conductor that goes on at the same place of its log, however much it heard before."""
    conductor = Conductor(history[0].repository_id or 0, policy)
    conductor.hear(history)
    conductor.position = LATER
    return conductor


def seen_by(conductor: Conductor) -> tuple[View, View]:
    """What is decided and which waits run, without places in the log of what was heard."""
    outlook = consider(conductor.lane, conductor.scope)
    decisions: View = [_without_place(decision) for decision in outlook.decisions]
    return decisions, [(timer.issue_number, timer.kind) for timer in outlook.timers]


def _without_place(decision: Decision) -> tuple[object, ...]:
    placed = decision.kind == "set_label" or decision.token.startswith("no_progress:")
    token = decision.token.rpartition(":")[0] if placed else decision.token
    return tuple(getattr(replace(decision, token=token), each.name) for each in fields(Decision))
