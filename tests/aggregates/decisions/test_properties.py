"""Whatever happens, and in whatever order: what holds of decisions always."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from aggregates.decisions import Decision, Outlook, Wanted, consider, relevance
from aggregates.surroundings import circumstances
from events.catalogue import ActionRequested, Json, content_of
from tests.aggregates.decisions.conductor import Conductor
from tests.aggregates.decisions.policies import policies
from tests.aggregates.decisions.season import STEPS, Season
from tests.aggregates.lane.folds import restored
from tests.aggregates.lane.own_events import placed
from tests.worlds.examples import SOME

LENGTH = 80
ROUNDS = 6

seasons = st.randoms(use_true_random=True)  # of its numbers Hypothesis would mostly draw small ones


@SOME
@given(policy=policies(), chance=seasons)
def test_what_is_decided_at_any_time_is_consistent(policy: dict[str, Json], chance: Random) -> None:
    season = Season(policy)
    for _ in range(LENGTH):
        places_taken = season.conductor.at_work
        decided = season.go_on(chance.randrange(STEPS), hears=False)
        if decided is not None:
            what_was_decided_is_wanted(season.conductor, decided)
            nothing_is_left(season.conductor)
            no_more_are_at_work(season.conductor, places_taken, decided)
        season.hear(chance.randrange(STEPS))
        the_outlook_is_sound(season.conductor)


def what_was_decided_is_wanted(conductor: Conductor, decided: list[Decision]) -> None:
    """What would be called off at once would be decided again at once, without an end."""
    newest = list(conductor.asked)[len(conductor.asked) - len(decided) :]
    for action_id, _ in conductor.under_way:
        if action_id in newest:
            content = content_of(placed(conductor.log[action_id], conductor.position))
            assert isinstance(content, ActionRequested)
            stands = relevance(conductor.lane, conductor.scope, action_id, content)
            assert stands == Wanted()


def nothing_is_left(conductor: Conductor) -> None:
    """Recorded, none of it is decided again, and nothing else comes of recording it."""
    assert conductor.act() == []


def no_more_are_at_work(conductor: Conductor, before: int, decided: list[Decision]) -> None:
    allowed = circumstances(conductor.lane, conductor.scope).policy.queue.max_active
    assigned = sum(decision.kind == "assign" for decision in decided)
    assert conductor.at_work == before + assigned
    assert assigned <= max(0, allowed - before)


def the_outlook_is_sound(conductor: Conductor) -> None:
    around = circumstances(conductor.lane, conductor.scope)
    outlook = consider(conductor.lane, conductor.scope)
    assert consider(restored(conductor.lane), conductor.scope) == outlook
    if around.mode == "off" or around.paused is not None:
        assert outlook == Outlook()


@SOME
@given(policy=policies(), chance=seasons)
def test_left_alone_a_lane_comes_to_rest(policy: dict[str, Json], chance: Random) -> None:
    season = Season(policy)
    for _ in range(LENGTH):
        season.go_on(chance.randrange(STEPS))
    conductor = season.conductor
    for _ in range(ROUNDS):
        if not conductor.act() and not conductor.let_time_pass():
            return
    raise AssertionError("it never comes to rest")
