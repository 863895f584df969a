"""GitHub's answer to which sub-issues an issue has, read as a fact."""

from datetime import UTC, datetime

import pytest

from events.catalogue import Json, ResyncObserved
from events.github import Reading, SubIssue, SubIssuesSeen
from events.github.observations import kept, read_observation

HERE, AWAY = 7, 9
AT = "2026-11-02T10:00:00+00:00"


def reading(*parts: Json, asked_at: Json = AT) -> Reading:
    answer = kept("sub_issues", {"number": 1, "asked_at": asked_at, "parts": [*parts]})
    return read_observation(ResyncObserved(kind="sub_issues", object=answer), HERE, 5)


def a_part(number: Json, repository_id: Json = HERE, state: Json = "open") -> Json:
    return {"number": number, "repository_id": repository_id, "state": state}


def test_parts_are_read_in_their_order_each_once() -> None:
    told = reading(a_part(3), a_part(2, AWAY, "closed"), a_part(2), a_part(3))
    assert told.facts == (
        SubIssuesSeen(
            repository_id=HERE,
            number=1,
            parts=(
                SubIssue(repository_id=HERE, number=3),
                SubIssue(repository_id=AWAY, number=2, closed=True),
                SubIssue(repository_id=HERE, number=2),
            ),
            at=datetime(2026, 11, 2, 10, tzinfo=UTC),
        ),
    )


@pytest.mark.parametrize("part", [a_part("3"), a_part(None), a_part([])])
def test_a_list_with_what_is_no_part_is_a_problem_and_tells_nothing(part: Json) -> None:
    told = reading(a_part(2), part)
    assert (told.facts, len(told.problems)) == ((), 1)


def test_no_more_than_a_hundred_parts_are_kept() -> None:
    [seen] = reading(*(a_part(number) for number in range(1, 201))).facts
    assert isinstance(seen, SubIssuesSeen)
    assert len(seen.parts) == 100
