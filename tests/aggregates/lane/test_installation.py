"""Whose a lane is: as deliveries tell, and until one does, as our own events say."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from aggregates.lane import Lane, evolve, initial_state
from aggregates.tenancy import acceptance_refusal
from events.catalogue import (
    About,
    InstallationAccepted,
    InstallationAnswered,
    WorkflowEnqueued,
    own_event,
)
from events.envelope import OPERATOR, Event, NewEvent
from events.reading import read_facts
from simulator.payloads import Payload, a_repository
from simulator.payloads import an_issue as an_issue_payload
from simulator.payloads.deliveries import issues
from tests.aggregates.lane.folds import restored
from tests.aggregates.lane.own_events import placed, said
from tests.events.builders import an_event
from tests.projections.builders import a_delivery, at

PLAINLY = '{"content_type":"application/json"}'
BOUND = '{"content_type":"application/json","secret":"zoo","bound":"yes"}'
OURS, PLAIN, FIVE = "a command", "a plain webhook", "a delivery of installation 5"


def told(kind: str, position: int) -> Event:
    if kind == OURS:
        content = WorkflowEnqueued(issue_number=position, reason="why")
        return said(content, position, about=About(installation_id=6, repository_id=7))
    whose = 5 if kind == FIVE else None
    return placed(an_event(repository_id=7, installation_id=whose), position)


def lane_after(kinds: list[str]) -> Lane:
    lane = initial_state(7)
    for position, kind in enumerate(kinds, start=1):
        lane = evolve(lane, told(kind, position))
    return lane


def test_a_lane_that_only_a_command_told_of_is_its_installations() -> None:
    assert lane_after([OURS]).installation_id == 6


@given(kinds=st.lists(st.sampled_from([OURS, PLAIN, FIVE]), max_size=8))
def test_it_is_its_whose_the_first_event_that_says_so_tells(kinds: list[str]) -> None:
    first = next((kind for kind in kinds if kind != PLAIN), None)
    assert lane_after(kinds).installation_id == {None: None, OURS: 6, FIVE: 5}[first]


def an_issue(
    installation_id: int | None,
    minute: int = 5,
    *,
    owner: str = "acme",
    issue: Payload | None = None,
) -> NewEvent:
    """Issue 17 of repository 7, as somebody's webhook tells of it."""
    name = f"{owner}/pump"
    repository = a_repository(name, id=7, updated_at=at(minute))
    payload = issues("opened", repository=repository, issue=issue)
    payload["installation"] = {"id": installation_id} if installation_id else None
    event = a_delivery("issues", payload)
    return replace(event, headers=BOUND) if owner == "zoo" else event


def lane_of(*history: NewEvent) -> Lane:
    lane = initial_state(7)
    for position, new in enumerate(history, start=1):
        event = placed(new, position)
        lane = evolve(lane, event, read_facts(event).facts)
    return lane


def answered(installation_id: int | None, as_of: int, owner: str | None = None) -> NewEvent:
    content = InstallationAnswered(installation_id=installation_id, as_of=as_of, owner=owner)
    return own_event(content, uuid4(), about=About(repository_id=7))


def accepted(installation_id: int | None, owner: str | None = None) -> NewEvent:
    content = InstallationAccepted(installation_id=installation_id, owner=owner, reason="so it is")
    return own_event(content, uuid4(), source=OPERATOR, about=About(repository_id=7), by="ada")


def test_another_installations_word_is_a_claim_and_none_of_its_facts_count() -> None:
    lane = lane_of(an_issue(1, 5), an_issue(2, 9, issue=an_issue_payload(18)))
    assert lane.installation_id == 1
    assert set(lane.seen_issues) == {17}
    assert lane.claim is not None
    assert (lane.claim.installation_id, lane.claim.position) == (2, 2)


def test_githubs_answer_settles_it_either_way() -> None:
    moved = lane_of(an_issue(1, 5), an_issue(2, 9), answered(2, as_of=2))
    assert (moved.installation_id, moved.claim) == (2, None)
    refuted = lane_of(an_issue(1, 5), an_issue(2, 9), answered(1, as_of=2))
    assert (refuted.installation_id, refuted.claim) == (1, None)


def test_where_it_left_an_installation_is_kept() -> None:
    moved = lane_of(an_issue(1, 5), an_issue(2, 9), answered(2, as_of=2), an_issue(2, 9))
    assert moved.moved == 3
    again = lane_of(an_issue(1, 5), accepted(2), an_issue(2, 9), accepted(1))
    assert again.moved == 4
    assert restored(again) == again


def test_what_no_installation_had_was_not_moved_to_its_first() -> None:
    assert lane_of(an_issue(None, 5), an_issue(1, 9), answered(1, as_of=2)).moved == 0
    assert lane_of(an_issue(None, 5), answered(2, as_of=1)).moved == 0
    assert lane_of(an_issue(1, 5), an_issue(2, 9), answered(1, as_of=2)).moved == 0


def test_who_left_it_to_nobody_does_not_leave_its_past_to_the_next() -> None:
    assert lane_of(an_issue(1, 5), accepted(None), an_issue(2, 9)).moved == 2


def test_an_answer_says_nothing_of_what_was_claimed_after_the_question() -> None:
    lane = lane_of(an_issue(1, 5), an_issue(2, 9), answered(1, as_of=1))
    assert lane.claim is not None


def test_an_operator_settles_it_either_way() -> None:
    assert lane_of(an_issue(1, 5), an_issue(2, 9), accepted(2)).installation_id == 2
    kept = lane_of(an_issue(1, 5), an_issue(2, 9), accepted(1))
    assert (kept.installation_id, kept.claim) == (1, None)


def test_a_command_that_changes_nothing_is_refused_as_it_is_folded() -> None:
    lane = lane_of(an_issue(1, 5))
    assert acceptance_refusal(lane.tenancy, InstallationAccepted(installation_id=1, reason="x"))
    assert lane_of(an_issue(1, 5), accepted(1)) == lane
    claimed = lane_of(an_issue(1, 5), an_issue(2, 9)).tenancy
    assert acceptance_refusal(claimed, InstallationAccepted(installation_id=1, reason="x")) is None


def test_what_a_former_tenant_said_before_arrives_late_and_claims_nothing() -> None:
    lane = lane_of(an_issue(1, 5), an_issue(2, 9), answered(2, as_of=2), an_issue(2, 9))
    late = lane_of(
        an_issue(1, 5), an_issue(2, 9), answered(2, as_of=2), an_issue(2, 9), an_issue(1, 7)
    )
    assert late == lane


def test_a_claim_is_over_once_the_tenant_speaks_at_a_later_time() -> None:
    lane = lane_of(an_issue(1, 5), an_issue(2, 9), an_issue(1, 11))
    assert (lane.installation_id, lane.claim) == (1, None)


@given(order=st.permutations([an_issue(1, 5), an_issue(1, 7), an_issue(2, 9), an_issue(2, 11)]))
def test_once_it_is_answered_the_order_of_deliveries_told_nothing(order: list[NewEvent]) -> None:
    lane = lane_of(*order, answered(2, as_of=4), an_issue(2, 11))
    assert (lane.installation_id, lane.claim) == (2, None)
    assert lane.repository is not None
    assert lane.repository.updated_at == datetime.fromisoformat(at(11))


def test_a_bound_secret_moves_no_repository_of_another_owner() -> None:
    forged = an_issue(None, 9, owner="zoo", issue=an_issue_payload(18))
    lane = lane_of(an_issue(1, 5), forged)
    assert set(lane.seen_issues) == {17}
    assert lane.repository is not None
    assert lane.repository.full_name == "acme/pump"
    assert lane.claim is not None
    assert lane.claim.full_name == "zoo/pump"
    moved = lane_of(an_issue(1, 5), forged, accepted(None, "zoo"), forged)
    assert (moved.installation_id, set(moved.seen_issues)) == (None, {17, 18})


def test_a_bound_secret_gives_no_installation_to_a_repository_that_had_none() -> None:
    forged = replace(an_issue(2, 9), headers=BOUND)
    lane = lane_of(an_issue(None, 5), forged)
    assert lane.installation_id is None
    assert lane.claim is not None


def test_what_is_not_bound_may_rename_as_ever() -> None:
    lane = lane_of(an_issue(None, 5), replace(an_issue(None, 9, owner="zoo"), headers=PLAINLY))
    assert lane.repository is not None
    assert (lane.repository.full_name, lane.claim) == ("zoo/pump", None)


def test_a_claim_is_stored_with_the_lane() -> None:
    lane = lane_of(an_issue(1, 5), an_issue(2, 9))
    assert restored(lane) == lane
