"""What holds for an installation or everything, and which events may change it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.acting import ActingUser
from aggregates.lane import initial_state
from aggregates.lane.ours import Pause, PolicyLayer
from aggregates.surroundings import (
    Surroundings,
    circumstances,
    concerns_surroundings,
    evolve_surroundings,
    surroundings_refusal,
)
from events.catalogue import (
    About,
    ActingUserSet,
    ActingUserUnset,
    AppIdentified,
    LanePaused,
    LaneResumed,
    Layer,
    OwnEvent,
    PolicyChanged,
    PolicyProblem,
    ScopePaused,
    ScopeResumed,
    ServiceStopped,
)
from events.envelope import Event
from events.errors import UnknownEventType
from events.github import AuthorizationRevoked, Fact
from tests.aggregates.lane.own_events import placed, said
from tests.events.builders import an_event
from tests.events.test_catalogue import EXAMPLES, ID

EVERYTHING, FIVE, SIX = About(), About(installation_id=5), About(installation_id=6)
IN_A_LANE = About(installation_id=5, repository_id=7)
ADA, GRACE = ActingUserSet(user_id=1, login="ada"), ActingUserSet(user_id=2, login="grace")
BROKEN = PolicyChanged(
    layer="server",
    origin="file",
    content="mode: loud",
    document=None,
    problems=(PolicyProblem(path="mode", message="too loud"),),
)


def a_policy(layer: Layer, mode: str = "live") -> PolicyChanged:
    return PolicyChanged(layer=layer, origin="file", content="", document={"mode": mode})


def scope_after(*history: tuple[OwnEvent, About]) -> Surroundings:
    """The scope after these were said, one a position from 1 on."""
    scope = Surroundings()
    for position, (content, about) in enumerate(history, start=1):
        scope = evolve_surroundings(scope, said(content, position, about=about), ())
    return scope


def revoked(position: int = 9) -> Event:
    return placed(an_event(type="github_app_authorization", action="revoked"), position)


ORGANISATIONS = ("member", "membership", "organization", "team")


def access_changed(event: str, position: int, **envelope: int | None) -> Event:
    """A delivery whose payload nobody can read: the envelope is enough."""
    return placed(an_event(type=event, action="edited", payload="[", **envelope), position)


@pytest.mark.parametrize("event", ORGANISATIONS)
def test_what_happens_to_people_of_an_organisation_makes_older_answers_void_there(
    event: str,
) -> None:
    told = access_changed(event, 4, installation_id=5, repository_id=None)
    scope = evolve_surroundings(Surroundings(), told)
    assert scope == Surroundings(4, access_changed={5: 4})
    lane = initial_state(7)
    assert circumstances(replace(lane, installation_id=5), scope).access_changed == 4
    assert circumstances(replace(lane, installation_id=6), scope).access_changed == 0


def test_where_no_installation_is_named_it_may_have_been_any() -> None:
    told = access_changed("membership", 4, installation_id=None, repository_id=None)
    scope = evolve_surroundings(Surroundings(), told)
    lane = replace(initial_state(7), installation_id=6)
    assert circumstances(lane, scope).access_changed == 4
    assert circumstances(replace(lane, access_changed=9), scope).access_changed == 9


@pytest.mark.parametrize("event", [*ORGANISATIONS, "team_add", "repository_ruleset"])
def test_what_happens_to_one_repository_concerns_no_other(event: str) -> None:
    told = access_changed(event, 4, installation_id=5, repository_id=7)
    assert not concerns_surroundings(told)
    assert evolve_surroundings(Surroundings(), told) == Surroundings()


@pytest.mark.parametrize("event", [*ORGANISATIONS, "issues"])
def test_an_event_of_ours_of_that_name_says_nothing_of_access(event: str) -> None:
    told = access_changed(event, 4, installation_id=5, repository_id=None)
    assert not concerns_surroundings(replace(told, source="operator"))


def test_a_pause_holds_for_its_installation_or_for_everything() -> None:
    scope = scope_after((ScopePaused(reason="a"), EVERYTHING), (ScopePaused(reason="b"), FIVE))
    assert scope == Surroundings(2, pauses={0: Pause(1, "a", "ada"), 5: Pause(2, "b", "ada")})


def test_resuming_ends_only_the_pause_of_the_same_scope() -> None:
    paused = ((ScopePaused(), EVERYTHING), (ScopePaused(), FIVE))
    assert scope_after(*paused, (ScopeResumed(), EVERYTHING)).pauses.keys() == {5}
    assert scope_after(*paused, (ScopeResumed(), FIVE)).pauses.keys() == {0}


def test_a_policy_belongs_to_the_server_or_to_an_installation() -> None:
    history = ((a_policy("server"), EVERYTHING), (a_policy("installation", "off"), FIVE))
    assert scope_after(*history).policies == {
        0: PolicyLayer('{"mode":"live"}', None, 1),
        5: PolicyLayer('{"mode":"off"}', None, 2),
    }


def test_a_policy_with_problems_leaves_what_holds_and_is_told_of() -> None:
    scope = scope_after((a_policy("server"), EVERYTHING), (BROKEN, EVERYTHING))
    assert scope.policies == {0: PolicyLayer('{"mode":"live"}', None, 1, ("mode: too loud",))}
    assert scope.position == 2


def test_acting_users_are_set_and_unset_by_installation() -> None:
    users = ((ADA, EVERYTHING), (GRACE, FIVE))
    acting = {0: ActingUser(1, "ada"), 5: ActingUser(2, "grace")}
    assert scope_after(*users).acting == acting
    assert scope_after(*users, (ADA, FIVE)).acting[5] == ActingUser(1, "ada")
    assert scope_after(*users, (ActingUserUnset(), FIVE)).acting == {0: acting[0]}
    assert scope_after(*users, (ActingUserUnset(), EVERYTHING)).acting == {5: acting[5]}


def test_whoever_withdraws_the_authorisation_acts_nowhere_any_more() -> None:
    scope = scope_after((ADA, EVERYTHING), (GRACE, FIVE), (ADA, SIX))
    after = evolve_surroundings(scope, revoked(), (AuthorizationRevoked(user_id=1),))
    identities: dict[int, dict[int, int | None]] = {0: {1: 9}, 5: {2: None}, 6: {1: 9}}
    assert after == Surroundings(9, acting={5: ActingUser(2, "grace")}, identities=identities)


@pytest.mark.parametrize(
    ("history", "content", "about"),
    [
        (((ScopePaused(), FIVE),), ScopePaused(reason="again"), FIVE),
        (((ScopePaused(), FIVE),), ScopeResumed(), SIX),
        (((ScopePaused(), FIVE),), ScopeResumed(), EVERYTHING),
        (((a_policy("server"), EVERYTHING),), a_policy("server"), EVERYTHING),
        (((BROKEN, EVERYTHING),), BROKEN, EVERYTHING),
        ((), a_policy("repository"), FIVE),
        ((), a_policy("installation"), EVERYTHING),
        ((), a_policy("server"), IN_A_LANE),
        (((ADA, FIVE),), ADA, FIVE),
        (((ADA, FIVE),), ActingUserUnset(), EVERYTHING),
        ((), LanePaused(), IN_A_LANE),
        ((), ServiceStopped(instance=ID), EVERYTHING),
    ],
)
def test_what_changes_nothing_leaves_the_same_object(
    history: tuple[tuple[OwnEvent, About], ...], content: OwnEvent, about: About
) -> None:
    scope = scope_after(*history)
    assert evolve_surroundings(scope, said(content, 9, about=about), ()) is scope


@pytest.mark.parametrize("facts", [(), (AuthorizationRevoked(user_id=3),)])
def test_a_withdrawal_of_someone_who_does_not_act_changes_nothing(facts: tuple[Fact, ...]) -> None:
    scope = scope_after((ADA, EVERYTHING), (GRACE, FIVE))
    assert evolve_surroundings(scope, revoked(), facts) is scope


@pytest.mark.parametrize("kind", ["scope", "acting_user", "policy", "issues"])
def test_a_delivery_never_passes_for_one_of_our_own(kind: str) -> None:
    assert not concerns_surroundings(placed(an_event(type=kind, action="paused"), 1))


def test_an_event_of_a_later_release_says_so() -> None:
    event = placed(an_event(source="operator", type="scope", action="moved", schema_version=1), 1)
    with pytest.raises(UnknownEventType, match="upgrade"):
        evolve_surroundings(Surroundings(), event, ())


@pytest.mark.parametrize(
    ("history", "content", "about", "sentence"),
    [
        ((), ScopeResumed(), EVERYTHING, "everything is not paused"),
        ((), ScopeResumed(), FIVE, "installation 5 is not paused"),
        (((ScopePaused(), SIX),), ScopeResumed(), FIVE, "installation 5 is not paused"),
        (((ScopePaused(), EVERYTHING),), ScopePaused(), EVERYTHING, "everything is paused already"),
        (((ScopePaused(), FIVE),), ScopePaused(), FIVE, "installation 5 is paused already"),
        (((ScopePaused(), EVERYTHING),), ScopePaused(), FIVE, None),
        (((ScopePaused(), FIVE),), ScopePaused(), EVERYTHING, None),
        (((ScopePaused(), FIVE),), ScopeResumed(), FIVE, None),
        ((), LaneResumed(), FIVE, None),
        ((), ActingUserUnset(), FIVE, None),
    ],
)
def test_a_command_that_changes_nothing_is_refused_with_what_holds_instead(
    history: tuple[tuple[OwnEvent, About], ...],
    content: OwnEvent,
    about: About,
    sentence: str | None,
) -> None:
    assert surroundings_refusal(scope_after(*history), about.installation_id, content) == sentence


ABOUT = st.sampled_from([EVERYTHING, FIVE, SIX, IN_A_LANE])


@given(history=st.lists(st.tuples(st.sampled_from(EXAMPLES), ABOUT), max_size=30))
def test_the_position_is_that_of_the_last_event_that_changed_something(
    history: list[tuple[OwnEvent, About]],
) -> None:
    scope = Surroundings()
    for position, (content, about) in enumerate(history, start=1):
        before, event = scope, said(content, position, about=about)
        scope = evolve_surroundings(before, event, ())
        assert (scope.position == position) == (scope is not before)
        assert scope is before or concerns_surroundings(event)


PAUSING = st.sampled_from([ScopePaused(), ScopePaused(reason="again"), ScopeResumed()])


@given(
    history=st.lists(st.tuples(PAUSING, ABOUT), max_size=20),
    content=PAUSING,
    about=ABOUT,
)
def test_a_command_is_refused_exactly_when_folding_it_would_change_nothing(
    history: list[tuple[OwnEvent, About]], content: OwnEvent, about: About
) -> None:
    scope = scope_after(*history)
    unchanged = evolve_surroundings(scope, said(content, 99, about=about), ()) is scope
    assert (surroundings_refusal(scope, about.installation_id, content) is not None) == unchanged


def test_as_whom_we_wrote_is_known_with_until_when() -> None:
    bot = AppIdentified(user_id=9, login="conductor[bot]", signs=False)
    lane = replace(initial_state(7), installation_id=5)
    history = ((ADA, EVERYTHING), (bot, EVERYTHING), (GRACE, EVERYTHING), (GRACE, FIVE))
    around = circumstances(lane, scope_after(*history))
    assert around.app_known
    assert all(around.wrote(user, 2) for user in (1, 2, 9))  # asked for while ada was it
    assert [around.wrote(user, 3) for user in (1, 2, 9)] == [False, True, True]
    assert not around.wrote(None, 1)
    assert not around.wrote(77, 1)
    back = circumstances(lane, scope_after(*history, (ADA, EVERYTHING)))
    assert [back.wrote(user, 9) for user in (1, 2)] == [True, True]  # grace in the installation
    elsewhere = circumstances(replace(lane, installation_id=6), scope_after(*history[:2]))
    assert elsewhere.wrote(1, 9)


def test_another_app_and_signing_are_known_since_when() -> None:
    bot = AppIdentified(user_id=9, login="conductor[bot]", signs=False)
    scope = scope_after((bot, EVERYTHING), (bot, EVERYTHING))
    assert (scope.position, scope.signed_since) == (1, None)
    signing = replace_signs(bot, signs=True)
    scope = scope_after((bot, EVERYTHING), (signing, EVERYTHING), (signing, EVERYTHING))
    assert (scope.position, scope.signed_since) == (2, 2)
    other = AppIdentified(user_id=10, login="other[bot]", signs=True)
    scope = scope_after((signing, EVERYTHING), (other, EVERYTHING))
    assert scope.identities == {0: {9: 2, 10: None}}
    assert scope.signed_since == 1
    unsigned = scope_after((signing, EVERYTHING), (bot, EVERYTHING))
    assert unsigned.signed_since is None


def replace_signs(bot: AppIdentified, *, signs: bool) -> AppIdentified:
    return bot.model_copy(update={"signs": signs})
