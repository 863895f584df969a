"""Installations: who installed the App, and whether it may still work there."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.envelope import NewEvent
from projections.installations import INSTALLATIONS, Installation
from simulator.payloads import an_installation, an_organization, deliveries
from tests.projections import histories
from tests.projections.builders import a_delivery, at, folded, redelivered, seconds

_HEARD = {"event_count", "last_event_at"}


def told(
    action: str, minute: int, *, suspended: bool = False, login: str = "orbit-works"
) -> NewEvent:
    """What GitHub says of the installation when something happens to it."""
    installation = an_installation(
        11,
        updated_at=seconds(minute),
        suspended_at=at(minute) if suspended else None,
        account=an_organization(login),
    )
    payload = deliveries.installation(action, installation=installation, repositories=[])
    return a_delivery("installation", payload)


def the_installation(*history: NewEvent) -> Installation:
    row = folded(INSTALLATIONS, history)[(11,)]
    assert row is not None
    return row


def test_a_new_installation_is_described() -> None:
    row = the_installation(told("created", 0))
    assert (row.account_login, row.account_type) == ("orbit-works", "Organization")
    assert (row.repository_selection, row.suspended, row.deleted) == ("selected", False, False)
    assert row.account_id == an_organization("orbit-works")["id"]
    assert row.event_count == 1


def test_deliveries_of_its_repositories_count_but_describe_nothing() -> None:
    payload = deliveries.issues()
    payload["installation"] = {"id": 11}
    row = the_installation(a_delivery("issues", payload), a_delivery("issues", payload))
    assert (row.event_count, row.account_login, row.suspended) == (2, None, None)
    assert row.last_event_at is not None
    assert row.last_event_at.hour == 1


def test_it_is_suspended_and_unsuspended_in_githubs_order() -> None:
    created, suspended = told("created", 0), told("suspend", 5, suspended=True)
    unsuspended = told("unsuspend", 9)
    assert the_installation(created, suspended).suspended is True
    assert the_installation(created, suspended, unsuspended).suspended is False
    assert the_installation(unsuspended, suspended, created).suspended is False


def test_of_two_words_of_one_second_suspended_wins() -> None:
    suspended, unsuspended = told("suspend", 5, suspended=True), told("unsuspend", 5)
    assert the_installation(suspended, unsuspended).suspended is True
    assert the_installation(unsuspended, suspended).suspended is True


def test_an_account_that_was_renamed_keeps_its_row() -> None:
    renamed = told("new_permissions_accepted", 5, login="deep-space")
    assert the_installation(told("created", 0), renamed).account_login == "deep-space"
    assert the_installation(renamed, told("created", 0)).account_login == "deep-space"


@pytest.mark.parametrize("late", [3, 12])
def test_a_deleted_installation_stays_deleted_whatever_comes_late(late: int) -> None:
    row = the_installation(told("created", 0), told("deleted", 8), told("unsuspend", late))
    assert row.deleted is True


def test_repositories_added_describe_the_installation_too() -> None:
    changed = deliveries.installation_repositories(
        installation=an_installation(11, updated_at=seconds(4), repository_selection="all")
    )
    row = the_installation(told("created", 0), a_delivery("installation_repositories", changed))
    assert row.repository_selection == "all"


def test_events_of_no_installation_make_no_row() -> None:
    assert folded(INSTALLATIONS, [histories.our_own()]) == {}


@given(data=st.data(), history=st.lists(histories.about_access(()), min_size=2, max_size=5))
def test_any_order_and_repetition_of_deliveries_gives_the_same_installations(
    data: st.DataObject, history: Sequence[NewEvent]
) -> None:
    repeated = [redelivered(e) for e in data.draw(st.lists(st.sampled_from(history), max_size=3))]
    shuffled = data.draw(st.permutations([*history, *repeated]))
    assert _described(shuffled) == _described(history)


def _described(history: Sequence[NewEvent]) -> dict[object, object]:
    rows = folded(INSTALLATIONS, history)
    return {key: row.model_dump(exclude=_HEARD) for key, row in rows.items() if row is not None}
