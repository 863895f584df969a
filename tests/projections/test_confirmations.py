"""An action counts as confirmed when GitHub's own deliveries show its effect."""

from collections.abc import Callable
from uuid import UUID

import pytest

from events.catalogue import About, ActionKind
from events.github.comments import mark_of
from events.log import EventLog
from events.store import Store
from simulator.payloads import a_user
from tests.projections.asked import ACTION, APP, Told
from tests.projections.own_events import a_cancellation
from tests.worlds.pull_requests import PullRequest

VISITOR = a_user("vic-visits")

pytestmark = pytest.mark.anyio


def opened(told: Told) -> PullRequest:
    told.issue.assign_copilot()
    return told.rocket.copilot_opens(told.issue)


def merged(pull: PullRequest) -> None:
    pull.mark_ready()
    pull.merge()


EFFECTS: dict[ActionKind, Callable[[Told, PullRequest], object]] = {
    "mark_ready": lambda _told, pull: pull.mark_ready(),
    "merge": lambda _told, pull: merged(pull),
    "ask_to_fix_ci": lambda _told, pull: pull.comment(f"@copilot mend it\n{mark_of(ACTION)}"),
    "ask_to_address_review": lambda _told, pull: pull.comment(f"do\n\n{mark_of(ACTION)}\n"),
    "ask_to_resolve_conflicts": lambda _told, pull: pull.comment(f"do\n\n{mark_of(ACTION)}\n"),
    "hand_to_person": lambda told, _pull: told.issue.comment(f"look\n{mark_of(ACTION)}", APP),
    "request_copilot_review": lambda _told, pull: pull.copilot_review("Fine."),
}


@pytest.mark.parametrize("kind", EFFECTS)
async def test_an_effect_confirms_the_action(store: Store, log: EventLog, kind: ActionKind) -> None:
    told = Told(store, log)
    pull = opened(told)
    await told.asked(kind)
    assert (await told.page()).confirmed_at is None
    EFFECTS[kind](told, pull)
    await told.goes_on()
    page = await told.page()
    assert page.confirmed_at is not None
    assert page.confirmed_position is not None
    assert page.confirmed_position > page.position


async def test_an_assignment_is_confirmed_by_the_assigned_issue(
    store: Store, log: EventLog
) -> None:
    told = Told(store, log)
    await told.asked("assign")
    told.issue.assign_copilot()
    await told.goes_on()
    assert (await told.page()).confirmed_at is not None


async def test_somebody_elses_comment_confirms_nothing(store: Store, log: EventLog) -> None:
    told = Told(store, log)
    pull = opened(told)
    await told.asked("ask_to_fix_ci")
    pull.comment(f"@copilot mend it\n{mark_of(UUID(int=78))}")
    await told.goes_on()
    assert (await told.page()).confirmed_at is None


@pytest.mark.parametrize("kind", ["ask_to_fix_ci", "ask_to_address_review", "hand_to_person"])
async def test_a_strangers_comment_with_the_mark_confirms_nothing(
    store: Store, log: EventLog, kind: ActionKind
) -> None:
    """The action's id can be guessed: its parts are public."""
    told = Told(store, log)
    pull = opened(told)
    await told.asked(kind)
    pull.comment(f"@copilot mend it\n{mark_of(ACTION)}", VISITOR)
    told.issue.comment(f"look\n{mark_of(ACTION)}", VISITOR)
    await told.goes_on()
    assert (await told.page()).confirmed_at is None


async def test_what_was_called_off_is_never_confirmed(store: Store, log: EventLog) -> None:
    told = Told(store, log)
    await told.asked("assign")
    about = About(installation_id=5, repository_id=told.rocket.id)
    await log.append(a_cancellation(ACTION, about=about, issue_number=told.issue.number))
    told.issue.assign_copilot()
    await told.goes_on()
    assert (await told.page()).confirmed_at is None
