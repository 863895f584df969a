"""How much is asked of GitHub at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reactions.executor.pace import THE_USER, OutOfTurn, Pace
from reactions.executor.paced import PacedGitHub
from reactions.ports.answers import Holder, Issue, RateLimit, Repository
from reactions.ports.failures import RateLimited
from tests.conftest import Clock
from tests.reactions.github import MemoryGitHub

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


async def admitted() -> None:
    """Whatever it is, it may be done."""


def told(remaining: int, **changes: object) -> RateLimit:
    fields: dict[str, Any] = {
        "holder": "installation",
        "installation_id": 5,
        "resource": "core",
        "remaining": remaining,
        "reset": after(600),
        "request_id": None,
    }
    return RateLimit(**(fields | changes))


def test_changes_by_one_credential_follow_one_another_at_the_pace() -> None:
    pace = Pace(1.0)
    assert [pace.reserve((5,), NOW) for _ in range(3)] == [0.0, 1.0, 2.0]
    assert pace.reserve((6,), NOW) == 0.0
    assert pace.reserve((5,), after(60)) == 0.0


def test_the_acting_user_has_one_pace_in_all_installations() -> None:
    pace = Pace(1.0)
    assert pace.reserve((5, THE_USER), NOW) == 0.0
    assert pace.reserve((6, THE_USER), NOW) == 1.0


def test_who_would_wait_long_is_sent_away_and_takes_no_turn() -> None:
    pace = Pace(1.0)
    pace.rest((5,), after(300))
    with pytest.raises(OutOfTurn) as refused:
        pace.reserve((5, 6), NOW)
    assert refused.value.until == after(300)
    assert pace.reserve((6,), NOW) == 0.0


@pytest.mark.parametrize(
    ("limit", "rests"),
    [
        (told(1000), None),
        (told(10), 5),
        (told(10, holder="user", installation_id=None), THE_USER),
        (told(10, holder="app", installation_id=None), None),
    ],
)
def test_what_is_nearly_spent_rests_until_it_is_new(limit: RateLimit, rests: int | None) -> None:
    pace = Pace(1.0)
    pace.observe(limit)
    for budget in (5, 6, THE_USER):
        if budget == rests:
            with pytest.raises(OutOfTurn):
                pace.check((budget,), NOW)
        else:
            assert pace.check((budget,), NOW) == timedelta()


@pytest.mark.anyio
async def test_every_change_of_an_action_takes_a_turn_of_its_own(clock: Clock) -> None:
    github, waits = MemoryGitHub(), list[float]()
    repo = Repository(5, "octo-org/rocket")
    github.issues[repo.full_name, 1] = Issue(1, "I_1", "open", (), ("a", "b"))

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    paced = PacedGitHub(
        github=github,
        pace=Pace(1.0),
        clock=clock,
        admit=admitted,
        pause=pause,
    )
    await paced.issue(repo, 1)
    await paced.add_label(repo, 1, "c")
    await paced.remove_label(repo, 1, "a")
    await paced.comment(repo, 1, "Hello", as_user=True)
    assert waits == [1.0, 2.0]


@pytest.mark.anyio
async def test_a_limit_that_a_person_met_is_kept_in_every_installation(clock: Clock) -> None:
    github, pace = MemoryGitHub(), Pace(1.0)
    until = clock() + timedelta(minutes=5)

    async def before(_what: str, _repo: Repository) -> None:
        raise RateLimited("slow down", until=until, secondary=True)

    github.before = before
    paced = PacedGitHub(github=github, pace=pace, clock=clock, admit=admitted)
    with pytest.raises(RateLimited):
        await paced.comment(Repository(5, "octo-org/rocket"), 1, "Hello", as_user=True)
    with pytest.raises(OutOfTurn):
        pace.check((6, THE_USER), clock())
    assert pace.check((6,), clock()) == timedelta()


@pytest.mark.anyio
async def test_a_request_for_a_review_takes_a_turn_of_the_person_s_whose_copilot_it_is(
    clock: Clock,
) -> None:
    pace = Pace(1.0)
    pace.rest((THE_USER,), clock() + timedelta(minutes=5))
    paced = PacedGitHub(github=MemoryGitHub(), pace=pace, clock=clock, admit=admitted)
    with pytest.raises(OutOfTurn):
        await paced.request_copilot_review(Repository(5, "octo-org/rocket"), 1)


@pytest.mark.anyio
@pytest.mark.parametrize(("holder", "rests"), [("installation", 5), ("user", THE_USER)])
async def test_a_limit_is_kept_by_whose_credential_met_it(
    clock: Clock, holder: Holder, rests: int
) -> None:
    """What a person does may begin with a look of the App's, whose limit no other shares."""
    github, pace = MemoryGitHub(), Pace(1.0)
    until = clock() + timedelta(minutes=5)

    limited = RateLimited("slow down", until=until, secondary=True)
    limited.holder = holder

    async def before(_what: str, _repo: Repository) -> None:
        raise limited

    github.before = before
    paced = PacedGitHub(github=github, pace=pace, clock=clock, admit=admitted)
    with pytest.raises(RateLimited):
        await paced.mark_ready(Repository(5, "octo-org/rocket"), 1)
    clock.advance(seconds=2)
    for budget in (5, THE_USER):
        if budget == rests:
            with pytest.raises(OutOfTurn):
                pace.check((budget,), clock())
        else:
            assert pace.check((budget,), clock()) == timedelta()
