"""How much is asked of GitHub at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events.catalogue import ActionKind
from reactions.as_whom import THE_USER
from reactions.executor.pace import OutOfTurn, Pace
from reactions.executor.performing import PERFORMING
from reactions.ports.answers import Holder, Issue, RateLimit, Repository
from reactions.ports.failures import RateLimited
from tests.conftest import Clock
from tests.reactions.executor.requests import a_request, turns
from tests.reactions.github import MemoryGitHub

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


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
async def test_every_change_of_an_action_takes_a_turn_of_its_own() -> None:
    github, waits = MemoryGitHub(), list[float]()
    repo = Repository(5, "octo-org/rocket")
    github.issues[repo.full_name, 1] = Issue(1, "I_1", "open", (), ("a", "b"))

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    pace = Pace(1.0)
    labelling = turns(github, repo, "set_label", pace, pause)
    await labelling.looking.issue(repo, 1)
    await labelling.change(lambda github: github.add_label(repo, 1, "c"))
    await labelling.change(lambda github: github.remove_label(repo, 1, "a"))
    asking = turns(github, repo, "ask_to_fix_ci", pace, pause)
    await asking.change(lambda github: github.comment(repo, 1, "Hello", as_user=True))
    assert waits == [1.0, 2.0]


@pytest.mark.anyio
async def test_a_limit_that_a_person_met_is_kept_in_every_installation(clock: Clock) -> None:
    github, pace = MemoryGitHub(), Pace(1.0)
    until = clock() + timedelta(minutes=5)

    async def before(_what: str, _repo: Repository) -> None:
        raise RateLimited("slow down", until=until, secondary=True)

    github.before = before
    asking = turns(github, Repository(5, "octo-org/rocket"), "ask_to_fix_ci", pace)
    with pytest.raises(RateLimited):
        await asking.change(lambda github: github.comment(asking.repo, 1, "Hello", as_user=True))
    with pytest.raises(OutOfTurn):
        pace.check((6, THE_USER), clock())
    assert pace.check((6,), clock()) == timedelta()


@pytest.mark.anyio
async def test_a_request_for_a_review_takes_a_turn_of_the_person_s_whose_copilot_it_is(
    clock: Clock,
) -> None:
    pace = Pace(1.0)
    pace.rest((THE_USER,), clock() + timedelta(minutes=5))
    kind: ActionKind = "request_copilot_review"
    requesting = turns(MemoryGitHub(), Repository(5, "octo-org/rocket"), kind, pace)
    with pytest.raises(OutOfTurn):
        await PERFORMING[kind].act(requesting, a_request(kind))


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
    marking = turns(github, Repository(5, "octo-org/rocket"), "mark_ready", pace)
    with pytest.raises(RateLimited):
        await marking.change(lambda github: github.mark_ready(marking.repo, 1))
    clock.advance(seconds=2)
    for budget in (5, THE_USER):
        if budget == rests:
            with pytest.raises(OutOfTurn):
                pace.check((budget,), clock())
        else:
            assert pace.check((budget,), clock()) == timedelta()
