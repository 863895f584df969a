"""Repositories: followed by id, told apart from what arrives late."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.catalogue import (
    About,
    InstallationAccepted,
    InstallationAnswered,
    LanePaused,
    own_event,
)
from events.envelope import OPERATOR, NewEvent
from projections.repositories.fold import REPOSITORIES
from projections.repositories.model import HeldRepository
from simulator.payloads import a_repository, an_installation, deliveries
from simulator.payloads.deliveries import installation, installation_repositories
from tests.projections import histories
from tests.projections.builders import a_delivery, at, folded, redelivered, seconds

ROCKET = a_repository("orbit-works/rocket")
ABOUT = About(repository_id=ROCKET["id"])
_HEARD = {"event_count", "last_event_at"}


def seen(minute: int, installation_id: int | None = 11, **told: object) -> NewEvent:
    """An issue of the rocket as it was at a minute."""
    repository = a_repository("orbit-works/rocket", updated_at=at(minute))
    payload = deliveries.issues(repository=repository | told)
    payload["installation"] = {"id": installation_id}
    return a_delivery("issues", payload)


def access(action: str, minute: int, installation_id: int = 11, name: str = "") -> NewEvent:
    """The rocket is added to or removed from an installation."""
    repository = ROCKET | ({"full_name": name} if name else {})
    payload = installation_repositories(
        action,
        installation=an_installation(installation_id, updated_at=seconds(minute)),
        repositories=[repository],
    )
    return a_delivery("installation_repositories", payload)


def answered(installation_id: int | None, as_of: int = 100) -> NewEvent:
    """GitHub's answer to whose the rocket is."""
    content = InstallationAnswered(installation_id=installation_id, as_of=as_of)
    return own_event(content, uuid4(), about=ABOUT)


def the_rocket(*history: NewEvent) -> HeldRepository:
    row = folded(REPOSITORIES, history)[ROCKET["id"],]
    assert row is not None
    return row


def test_a_delivery_describes_its_repository() -> None:
    row = the_rocket(seen(5, private=False, default_branch="trunk"), seen(5, archived=True))
    assert (row.full_name, row.archived) == ("orbit-works/rocket", True)
    assert (row.connected, row.installation_id, row.event_count) == (True, 11, 2)
    assert row.last_event_at is not None
    assert row.last_event_at.hour == 1


@pytest.mark.parametrize("action", ["renamed", "transferred"])
def test_a_rename_or_transfer_keeps_the_row_and_changes_the_name(action: str) -> None:
    moved = ROCKET | {"full_name": "deep-space/probe", "updated_at": at(9)}
    told = deliveries.repository(action, repository=moved, installation={"id": 11})
    change = a_delivery("repository", told)
    rows = folded(REPOSITORIES, [seen(5), change, seen(5)])
    assert len(rows) == 1
    assert the_rocket(seen(5), change, seen(5)).full_name == "deep-space/probe"


def test_a_delivery_that_arrives_late_changes_no_description() -> None:
    row = the_rocket(seen(9, archived=True), seen(5, archived=False, full_name="old/name"))
    assert (row.full_name, row.archived, row.event_count) == ("orbit-works/rocket", True, 2)


def test_a_plain_webhook_says_nothing_of_access() -> None:
    row = the_rocket(seen(5, installation_id=None))
    assert (row.connected, row.installation_id) == (None, None)


def test_a_repository_is_connected_and_disconnected_by_its_installation() -> None:
    assert the_rocket(access("added", 3)).connected is True
    assert the_rocket(access("added", 3), access("removed", 4)).connected is False
    assert the_rocket(access("removed", 4), access("added", 3)).connected is False
    assert the_rocket(access("removed", 4), access("added", 5)).connected is True


def test_another_installations_word_is_a_claim_until_github_answers() -> None:
    claimed = the_rocket(access("added", 3), access("added", 5, 22, "zoo/rocket"))
    assert (claimed.installation_id, claimed.claimed_installation_id) == (11, 22)
    assert (claimed.claimed_position, claimed.claimed_full_name) == (2, "zoo/rocket")
    for event in (seen(5, 22), access("added", 5, 22)):
        row = the_rocket(access("added", 3), event, answered(22))
        assert (row.installation_id, row.connected, row.claimed_position) == (22, True, None)
        row = the_rocket(access("added", 3), event, answered(11))
        assert (row.installation_id, row.connected, row.claimed_position) == (11, True, None)


def test_what_is_claimed_describes_nothing() -> None:
    deleted = deliveries.repository("deleted", repository=ROCKET | {"updated_at": at(9)})
    deleted["installation"] = {"id": 22}
    row = the_rocket(
        seen(5), seen(7, 22, full_name="zoo/rocket"), a_delivery("repository", deleted)
    )
    assert (row.full_name, row.deleted, row.installation_id) == ("orbit-works/rocket", False, 11)
    assert (row.claimed_installation_id, row.event_count) == (22, 3)


def test_what_was_said_before_the_change_arrives_late_and_claims_nothing() -> None:
    moved = (access("added", 3), seen(5), seen(7, 22), answered(22), seen(7, 22))
    assert the_rocket(*moved, seen(6)).claimed_position is None


def test_who_claims_and_loses_it_claims_no_more() -> None:
    row = the_rocket(access("added", 3), access("added", 5, 22), access("removed", 6, 22))
    assert (row.installation_id, row.connected, row.claimed_position) == (11, True, None)


def test_that_the_app_is_nowhere_is_an_answer_too() -> None:
    row = the_rocket(access("added", 3), access("added", 5, 22), answered(None))
    assert (row.installation_id, row.connected, row.claimed_position) == (11, False, None)


def test_an_operator_accepts_a_claim() -> None:
    content = InstallationAccepted(installation_id=22, reason="it was transferred")
    told = own_event(content, uuid4(), source=OPERATOR, about=ABOUT, by="ada")
    row = the_rocket(access("added", 3), seen(5, 22), told)
    assert (row.installation_id, row.claimed_position) == (22, None)


def test_what_we_do_ourselves_through_a_former_installation_claims_nothing() -> None:
    paused = own_event(
        LanePaused(reason="why"), uuid4(), source=OPERATOR, about=replace(ABOUT, installation_id=33)
    )
    assert the_rocket(access("added", 3), paused).claimed_position is None


def test_what_an_installation_delivers_later_shows_that_it_has_access() -> None:
    assert the_rocket(access("removed", 4), seen(3)).connected is False
    assert the_rocket(access("removed", 4), seen(6)).connected is True


def test_an_uninstalled_app_loses_the_repositories_it_lists() -> None:
    told = installation("deleted", installation=an_installation(11, updated_at=seconds(8)))
    row = the_rocket(seen(3), a_delivery("installation", told))
    assert (row.connected, row.event_count) == (False, 1)


def test_a_listed_name_holds_until_a_delivery_describes_the_repository() -> None:
    listed = access("added", 3, name="zero-g/rocket")
    assert the_rocket(listed).full_name == "zero-g/rocket"
    assert the_rocket(listed, access("added", 4, name="a/b")).full_name == "a/b"
    assert the_rocket(listed, seen(2)).full_name == "orbit-works/rocket"
    assert the_rocket(seen(2), listed).full_name == "orbit-works/rocket"


def test_a_deleted_repository_stays_deleted_whatever_comes_late() -> None:
    told = deliveries.repository("deleted", repository=ROCKET, installation={"id": 11})
    gone = a_delivery("repository", told)
    assert the_rocket(gone, seen(50)).deleted is True
    assert the_rocket(seen(50), gone).deleted is True


def test_events_without_a_repository_make_no_row() -> None:
    assert folded(REPOSITORIES, [histories.our_own()]) == {}


@given(data=st.data(), history=st.lists(histories.of_one_repository, min_size=2, max_size=5))
def test_any_order_and_repetition_of_deliveries_gives_the_same_repositories(
    data: st.DataObject, history: Sequence[NewEvent]
) -> None:
    repeated = [
        redelivered(each) for each in data.draw(st.lists(st.sampled_from(history), max_size=3))
    ]
    shuffled = data.draw(st.permutations([*history, *repeated]))
    assert _identities(shuffled) == _identities(history)


def _identities(history: Sequence[NewEvent]) -> dict[object, object]:
    rows = folded(REPOSITORIES, history)
    return {key: row.model_dump(exclude=_HEARD) for key, row in rows.items() if row is not None}
