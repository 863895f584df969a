"""What holds around a lane follows from the lane and the scopes it lies in."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.acting import ActingUser
from aggregates.lane import Lane
from aggregates.lane.ours import Ours, Pause, PolicyLayer
from aggregates.policy import Policy, canonical
from aggregates.surroundings import Surroundings, circumstances
from events.catalogue import Json

HERE, THERE = 5, 6
WIDE, MIDDLE, NARROW = (Pause(n, reason) for n, reason in enumerate(["all", "some", "one"], 1))
ADA, GRACE = ActingUser(1, "ada"), ActingUser(2, "grace")


def says(document: dict[str, Json]) -> PolicyLayer:
    return PolicyLayer(canonical(document))


def a_lane(conduct: Ours | None = None, installation_id: int | None = HERE) -> Lane:
    return Lane(repository_id=7, installation_id=installation_id, ours=conduct or Ours())


def test_where_nothing_was_said_the_built_in_policy_holds() -> None:
    around = circumstances(a_lane(), Surroundings())
    assert around.policy == Policy()
    assert set(around.origins.values()) == {"built-in"}
    assert (around.mode, around.mode_origin) == ("shadow", "built-in")
    assert (around.paused, around.paused_where, around.acting_user) == (None, None, None)


def test_the_nearer_layer_wins_leaf_by_leaf() -> None:
    scope = Surroundings(
        policies={
            0: says({"mode": "off", "queue": {"max_active": 2}, "ci": {"max_attempts": 2}}),
            HERE: says({"mode": "shadow", "queue": {"max_active": 3}}),
            THERE: says({"queue": {"max_active": 9}}),
        }
    )
    around = circumstances(a_lane(Ours(policy=says({"mode": "live"}))), scope)
    policy, origins = around.policy, around.origins
    assert (policy.mode, origins["mode"]) == ("live", "repository")
    assert (policy.queue.max_active, origins["queue.max_active"]) == (3, "installation")
    assert (policy.ci.max_attempts, origins["ci.max_attempts"]) == (2, "server")
    assert (around.mode, around.mode_origin) == ("live", "repository")


def test_the_mode_that_an_operator_set_wins_over_every_policy() -> None:
    conduct = Ours(mode="off", policy=says({"mode": "live"}))
    around = circumstances(a_lane(conduct), Surroundings())
    assert (around.mode, around.mode_origin) == ("off", "operator")
    assert around.policy.mode == "live"


@pytest.mark.parametrize(
    ("pauses", "own", "shown", "where"),
    [
        ({0: WIDE, HERE: MIDDLE}, NARROW, WIDE, "everything"),
        ({HERE: MIDDLE}, NARROW, MIDDLE, "installation"),
        ({THERE: MIDDLE}, NARROW, NARROW, "lane"),
        ({THERE: MIDDLE}, None, None, None),
    ],
)
def test_of_several_pauses_the_widest_is_shown(
    pauses: dict[int, Pause], own: Pause | None, shown: Pause | None, where: str | None
) -> None:
    around = circumstances(a_lane(Ours(paused=own)), Surroundings(pauses=pauses))
    assert (around.paused, around.paused_where) == (shown, where)


@pytest.mark.parametrize(
    ("acting", "user"),
    [
        ({0: ADA, HERE: GRACE}, GRACE),
        ({0: ADA, THERE: GRACE}, ADA),
        ({THERE: GRACE}, None),
    ],
)
def test_the_installations_user_acts_before_that_for_everywhere(
    acting: dict[int, ActingUser], user: ActingUser | None
) -> None:
    assert circumstances(a_lane(), Surroundings(acting=acting)).acting_user == user


def test_a_lane_of_no_known_installation_is_under_the_server_alone() -> None:
    scope = Surroundings(
        pauses={HERE: MIDDLE},
        policies={0: says({"mode": "off"}), HERE: says({"mode": "live"})},
        acting={0: ADA, HERE: GRACE},
    )
    around = circumstances(a_lane(installation_id=None), scope)
    assert (around.mode, around.mode_origin) == ("off", "server")
    assert (around.paused, around.acting_user) == (None, ADA)


MODES = st.sampled_from(["off", "shadow", "live"])
LAYERS = MODES.map(lambda mode: says({"mode": mode}))
SCOPES = st.builds(
    Surroundings,
    st.integers(0, 3),
    st.dictionaries(st.sampled_from([0, HERE]), st.sampled_from([WIDE, MIDDLE])),
    st.dictionaries(st.sampled_from([0, HERE]), LAYERS),
    st.dictionaries(st.sampled_from([0, HERE]), st.sampled_from([ADA, GRACE])),
)


@given(scope=SCOPES, own=st.builds(Ours, st.none() | MODES, policy=LAYERS))
def test_what_does_not_bear_on_a_lane_leaves_the_same_object(
    scope: Surroundings, own: Ours
) -> None:
    lane = a_lane(own)
    elsewhere = replace(
        scope,
        position=99,
        pauses={**scope.pauses, THERE: NARROW},
        policies={**scope.policies, THERE: says({"mode": "off"})},
        acting={**scope.acting, THERE: ADA},
    )
    assert circumstances(lane, scope) is circumstances(replace(lane, position=99), elsewhere)
