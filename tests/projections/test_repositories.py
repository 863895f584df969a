"""Repositories: followed by id, told apart from what arrives late."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.envelope import NewEvent
from projections.repositories.fold import REPOSITORIES
from projections.repositories.model import Repository
from simulator.payloads import a_repository, an_installation, deliveries
from simulator.payloads.deliveries import installation, installation_repositories
from tests.projections import histories
from tests.projections.builders import a_delivery, at, folded, redelivered, seconds

ROCKET = a_repository("orbit-works/rocket")
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


def the_rocket(*history: NewEvent) -> Repository:
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
    change = a_delivery("repository", deliveries.repository(action, repository=moved))
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
    assert the_rocket(access("removed", 4), access("added", 5, 22)).installation_id == 22


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
    gone = a_delivery("repository", deliveries.repository("deleted", repository=ROCKET))
    assert the_rocket(gone, seen(50)).deleted is True
    assert the_rocket(seen(50), gone).deleted is True


def test_events_without_a_repository_make_no_row() -> None:
    assert folded(REPOSITORIES, [histories.our_own()]) == {}


@histories.PURE
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
