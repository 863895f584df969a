"""Whose comment with the mark of an action counts when it is looked for, and by which signature."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.catalogue import ActingUserSet, AppIdentified, ModeSet
from events.github.comments import mark_of
from events.log import EventLog
from events.store import Store
from reactions.executor.marks import signature
from reactions.executor.outcomes import doubt_of
from reactions.ports.answers import Comment, Repository
from reactions.ports.failures import Forbidden, Unavailable
from tests.conftest import Clock
from tests.reactions.executor.desk import Desk, a_desk, asked_to_fix
from tests.reactions.github import BOT_ID, USER_ID

pytestmark = pytest.mark.anyio

KEY, OLD_KEY = b"k" * 32, b"o" * 32
VISITOR = 666


@pytest.fixture
async def desk(store: Store, log: EventLog, clock: Clock) -> Desk:
    return await a_desk(store, log, clock)


async def asked(desk: Desk) -> tuple[int, UUID]:
    """Where Copilot is to be asked, and by which action."""
    await asked_to_fix(desk)
    [request] = await desk.requested("ask_to_fix_ci")
    assert request.repository_id is not None
    return request.repository_id, request.id


def a_comment(
    body: str, author_id: int | None = USER_ID, *, by_bot: bool = False, edited: bool = False
) -> Comment:
    return Comment(id=77, body=body, author_id=author_id, by_bot=by_bot, edited=edited)


async def posted(desk: Desk) -> int:
    """How many comments we posted as the user once nothing is to be done any more."""
    await desk.until_idle()
    return [as_user for *_, as_user in desk.github.comments].count(True)


async def answers(desk: Desk) -> list[dict[str, Any]]:
    """What GitHub answered to comments that we posted or found."""
    found = [content.get("answer", {}) for _, content in await desk.outcomes()]
    return [answer for answer in found if "comment_id" in answer]


async def signs(desk: Desk) -> None:
    """Let the service sign from here on."""
    await desk.says(AppIdentified(user_id=BOT_ID, login="bot", signs=True), None, "signs")
    desk.keys = (KEY, OLD_KEY)


async def test_a_visitors_comment_with_the_mark_is_not_what_was_asked_for(desk: Desk) -> None:
    """It made the service believe that it had asked, and Copilot never heard a word."""
    _, action_id = await asked(desk)
    for author, by_bot in ((VISITOR, False), (None, False), (VISITOR, True)):
        desk.github.others.append(a_comment(mark_of(action_id), author, by_bot=by_bot))
    await desk.says(AppIdentified(user_id=BOT_ID, login="bot", signs=False), None, "app")
    assert await posted(desk) == 1
    assert [each["comment_id"] for each in await answers(desk)] == [1]


@pytest.mark.parametrize("edited", [False, True])
async def test_an_unsigned_mark_of_ours_counts_unless_somebody_edited_the_comment(
    desk: Desk, *, edited: bool
) -> None:
    _, action_id = await asked(desk)
    desk.github.others.append(a_comment(mark_of(action_id), edited=edited))
    assert await posted(desk) == int(edited)


async def test_what_was_posted_before_marks_were_signed_counts_still(desk: Desk) -> None:
    _, action_id = await asked(desk)
    desk.github.others.append(a_comment(mark_of(action_id)))
    await signs(desk)
    assert await posted(desk) == 0


@pytest.mark.parametrize("key", [KEY, OLD_KEY])
async def test_a_mark_signed_with_any_key_counts_also_in_an_edited_comment(
    desk: Desk, key: bytes
) -> None:
    await signs(desk)
    repository_id, action_id = await asked(desk)
    signed = mark_of(action_id, signature(key, repository_id, action_id))
    body = f"mend it, {signed} please. {mark_of(UUID(int=5))}"
    desk.github.others.append(a_comment(body, edited=True))
    assert await posted(desk) == 0


async def test_where_marks_are_signed_no_other_counts(desk: Desk) -> None:
    await signs(desk)
    repository_id, action_id = await asked(desk)
    good = signature(KEY, repository_id, action_id)
    forged = (
        mark_of(action_id),
        mark_of(action_id, "0" * 64),
        mark_of(action_id, signature(b"x" * 32, repository_id, action_id)),
        mark_of(action_id, signature(KEY, repository_id + 1, action_id)),
        mark_of(action_id) + mark_of(UUID(int=5), good),
    )
    desk.github.others += [a_comment(body) for body in forged]
    desk.github.others.append(a_comment(mark_of(action_id, good), VISITOR))
    assert await posted(desk) == 1


async def test_our_own_comment_is_signed_and_found_again(desk: Desk) -> None:
    await signs(desk)
    repository_id, action_id = await asked(desk)

    async def lost(what: str, _repo: Repository) -> None:
        await asyncio.sleep(0)
        if what == "comment":
            desk.github.after = None
            raise Unavailable("no answer")

    desk.github.after = lost
    assert await posted(desk) == 1
    desk.clock.advance(minutes=5)
    assert await posted(desk) == 1
    [body] = [body for *_, body, as_user in desk.github.comments if as_user]
    assert mark_of(action_id, signature(KEY, repository_id, action_id)) in body


async def test_who_acts_no_more_wrote_nothing_that_was_asked_for_since(desk: Desk) -> None:
    await desk.says(ActingUserSet(user_id=101, login="bob"), None, "bob")
    _, action_id = await asked(desk)
    desk.github.others.append(a_comment(mark_of(action_id), USER_ID))
    assert await posted(desk) == 1


async def test_while_nobody_knows_who_the_app_is_a_bots_mark_counts(desk: Desk) -> None:
    await desk.says(ModeSet(mode="live"), desk.world.repositories[0], "again")
    failing = Forbidden("no", status=403)

    async def refuse(what: str, _repo: Repository) -> None:
        await asyncio.sleep(0)
        if what == "assign":
            raise failing

    desk.github.before = refuse
    await desk.work()
    await desk.stage.settle()
    [request] = await desk.requested("hand_to_person")
    desk.github.others.append(a_comment(mark_of(request.id), BOT_ID, by_bot=True))
    await desk.until_idle()
    assert desk.github.comments == []


async def test_a_comment_that_took_and_is_shown_late_is_not_posted_again(desk: Desk) -> None:
    await asked(desk)

    async def lost(what: str, _repo: Repository) -> None:
        await asyncio.sleep(0)
        if what == "comment":
            raise Unavailable("no answer")

    desk.github.after, desk.github.hidden = lost, True
    await desk.work()
    desk.github.after = None
    looks = await looked_for(desk, seconds=50)
    assert [as_user for *_, as_user in desk.github.comments].count(True) == 1
    assert looks[-1] > 2 * looks[0]
    desk.github.hidden = False
    desk.clock.advance(minutes=1)
    assert await posted(desk) == 1
    assert [(each["already"], each["comment_id"]) for each in await answers(desk)] == [(True, 1)]


async def looked_for(desk: Desk, seconds: float) -> list[float]:
    """Let time pass; return the seconds between looks for a comment."""
    waits: list[float] = []
    until = desk.clock() + timedelta(seconds=seconds)
    while desk.clock() < until:
        performed = await desk.work()
        assert performed.next_due is not None
        waits.append(max(0.5, (performed.next_due - desk.clock()).total_seconds()))
        desk.clock.advance(seconds=waits[-1])
    return [wait for wait in waits if wait > 1]


async def test_what_github_refused_for_certain_is_posted_again_without_a_wait(desk: Desk) -> None:
    await asked(desk)
    left = [Unavailable("GitHub could not be reached", unsent=True)]

    async def unreachable(what: str, _repo: Repository) -> None:
        await asyncio.sleep(0)
        if what == "comment" and left:
            raise left.pop()

    desk.github.before = unreachable
    await desk.work()
    desk.clock.advance(seconds=5)
    assert await posted(desk) == 1


async def test_a_comment_that_never_shows_is_posted_again_and_given_up_in_the_end(
    desk: Desk,
) -> None:
    await asked(desk)

    async def swallowed(what: str, _repo: Repository) -> None:
        await asyncio.sleep(0)
        if what == "comment":
            raise Unavailable("no answer")

    desk.github.before = swallowed
    for _ in range(200):
        await desk.work()
        if "failed" in [action for action, _ in await desk.outcomes()]:
            break
        desk.clock.advance(seconds=60)
    failed = [content for action, content in await desk.outcomes() if action == "failed"]
    assert [each["attempts"] for each in failed] == [8]
    assert "8 times" in failed[0]["error"]


@given(sent=st.integers(0, 50), waited=st.floats(-1e7, 1e7))
def test_patience_grows_and_always_ends(sent: int, waited: float) -> None:
    clock = Clock()
    doubt = doubt_of(clock() - timedelta(seconds=waited), sent, clock())
    if doubt is None:
        assert abs(waited) >= 59
    else:
        assert abs(waited) <= 600
        assert 0 <= doubt.seconds <= 600
    assert doubt_of(None, sent, clock()) is None


@pytest.mark.parametrize(
    ("sent", "lasts"), [(0, 60), (1, 60), (2, 120), (3, 240), (4, 480), (9, 600)]
)
def test_patience_is_twice_as_long_each_time(sent: int, lasts: int) -> None:
    now = Clock()()
    assert doubt_of(now - timedelta(seconds=lasts - 1), sent, now) is not None
    assert doubt_of(now - timedelta(seconds=lasts), sent, now) is None
