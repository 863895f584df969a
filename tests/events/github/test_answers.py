"""Answers to what we asked GitHub, read as facts; no delivery can give them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from events.catalogue import ResyncObserved
from events.github import DependencyChanged, Fact, IssueSeen, Reading, read_delivery
from events.github.observations import kept, read_observation
from simulator.payloads import INSTALLATION_ID, Payload, a_repository, an_issue

HERE, AWAY = a_repository(), a_repository("orbit-works/secret")
AT, LATER = "2026-11-02T10:00:00Z", "2026-11-02T11:00:00Z"


def a_blocker(number: int, home: Payload = HERE, **changes: Any) -> Payload:  # noqa: ANN401
    blocker = an_issue(number, repository=home, updated_at=AT)
    return {**blocker, "repository": {"id": home["id"]}, **changes}


def read(*blockers: Payload, updated_at: str | None = AT) -> tuple[Fact, ...]:
    return reading(*blockers, updated_at=updated_at).facts


def reading(*blockers: Payload, updated_at: str | None = AT) -> Reading:
    answer = kept("blockers", {"number": 17, "updated_at": updated_at, "issues": [*blockers]})
    content = ResyncObserved(kind="blockers", object=answer)
    return read_observation(content, HERE["id"], INSTALLATION_ID)


def test_all_that_block_an_issue_are_read_with_their_state() -> None:
    facts = read(a_blocker(3), a_blocker(5, AWAY, state="closed", updated_at=LATER))
    of_17 = {"blocked_repository_id": HERE["id"], "blocked_number": 17, "present": True}
    assert [fact for fact in facts if isinstance(fact, DependencyChanged)] == [
        DependencyChanged(
            **of_17,
            blocking_repository_id=HERE["id"],
            blocking_number=3,
            blocking_state="open",
            at=datetime(2026, 11, 2, 10, tzinfo=UTC),
        ),
        DependencyChanged(
            **of_17,
            blocking_repository_id=AWAY["id"],
            blocking_number=5,
            blocking_state="closed",
            at=datetime(2026, 11, 2, 11, tzinfo=UTC),
        ),
    ]


def test_only_those_of_the_repository_are_seen_as_issues_of_it() -> None:
    seen = [fact for fact in read(a_blocker(3), a_blocker(5, AWAY)) if isinstance(fact, IssueSeen)]
    assert [(fact.repository_id, fact.number) for fact in seen] == [(HERE["id"], 3)]


@pytest.mark.parametrize("home", [None, {}, {"id": "9"}, []])
def test_one_whose_repository_is_unknown_is_left_out(home: object) -> None:
    told = reading(a_blocker(3), a_blocker(5, AWAY, repository=home))
    assert {getattr(fact, "blocking_number", 3) for fact in told.facts} == {3}
    assert told.problems == ()


def test_one_that_cannot_be_read_stops_no_other() -> None:
    facts = read(a_blocker(3, state=7), a_blocker(4))
    assert {getattr(fact, "blocking_number", 4) for fact in facts} == {4}


def test_nothing_blocks() -> None:
    assert read() == ()
    assert read(a_blocker(3), updated_at=None) == ()


@pytest.mark.parametrize("event", ["issues", "issue_dependencies", "blockers"])
def test_whoever_may_post_deliveries_cannot_answer_in_githubs_place(event: str) -> None:
    forged: Payload = {
        "blockers": {"updated_at": AT, "issues": [a_blocker(3)]},
        "issue": {"number": 17, "updated_at": AT},
        "repository": HERE,
    }
    facts = read_delivery(event, None, forged).facts
    assert not any(isinstance(fact, DependencyChanged) for fact in facts)
