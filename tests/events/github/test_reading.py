import pytest
from hypothesis import given

from events.github import Problem, Reading, read_delivery
from simulator.payloads import Payload
from simulator.payloads.deliveries import DELIVERIES
from tests.events.github.readings import UNREAD, read
from tests.events.mangling import (
    EVENTS,
    assert_storable,
    mangled_deliveries,
    odd_values,
    places,
)

KINDS = {"missing", "null", "boolean", "integer", "number", "text", "list", "object"}


def assert_sound(reading: Reading) -> None:
    for fact in reading.facts:
        assert_storable(fact)
    for problem in reading.problems:
        assert_says_no_payload_text(problem)
    assert len(set(reading.problems)) == len(reading.problems)


def assert_says_no_payload_text(problem: Problem) -> None:
    assert problem.found in KINDS
    assert problem.path.isascii()
    assert problem.path.startswith("$")
    assert len(problem.path) + len(problem.expected) < 200


@given(mangled_deliveries())
def test_no_damage_to_a_delivery_makes_reading_raise(delivery: tuple[str, Payload]) -> None:
    assert_sound(read(*delivery))


@pytest.mark.parametrize("event", DELIVERIES)
def test_every_field_may_be_anything(event: str) -> None:
    payload = DELIVERIES[event]()
    action = payload.get("action")
    values = odd_values()
    for container, key in list(places(payload)):
        kept = container[key]
        for value in values:
            container[key] = value
            assert_sound(read_delivery(event, action, payload))
        container[key] = kept
    assert read(event, payload) == read(event, DELIVERIES[event]())


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("payload", [{}, {"action": 7}, {"repository": {"id": 1}}, {"issue": []}])
def test_an_object_of_nothing_known_gives_no_facts(event: str, payload: Payload) -> None:
    reading = read_delivery(event, None, payload)

    assert reading.facts == ()
    assert_sound(reading)


@pytest.mark.parametrize("event", sorted(set(DELIVERIES) - UNREAD))
def test_every_delivery_as_built_is_read_without_a_problem(event: str) -> None:
    reading = read(event, DELIVERIES[event]())

    assert reading.facts
    assert reading.problems == ()


@pytest.mark.parametrize("event", ["star", "watch", "an_event_of_the_future", "", "installation\0"])
def test_an_event_that_is_not_known_gives_nothing_at_all(event: str) -> None:
    assert read_delivery(event, "created", DELIVERIES["issues"]()) == Reading()


def test_a_field_that_cannot_be_read_leaves_the_other_facts_alone() -> None:
    payload = DELIVERIES["issue_comment"]()
    payload["issue"]["updated_at"] = 1.5

    reading = read("issue_comment", payload)

    kinds = [type(fact).__name__ for fact in reading.facts]
    assert kinds == ["RepositorySeen", "IssueCommentSeen"]
    assert reading.problems == (
        Problem(path="$.issue.updated_at", expected="time", found="number"),
    )


def test_a_missing_repository_is_one_problem_however_many_facts_need_it() -> None:
    payload = DELIVERIES["pull_request_review"]()
    del payload["repository"]

    reading = read("pull_request_review", payload)

    assert reading.facts == ()
    assert reading.problems == (
        Problem(path="$.repository.id", expected="integer", found="missing"),
    )
