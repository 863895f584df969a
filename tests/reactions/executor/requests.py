"""Requests of every kind, and GitHub in turn, for what performs them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aggregates.policy import Policy
from aggregates.surroundings import Circumstances
from events.catalogue import About, ActionKind, ActionRequested, own_event
from events.envelope import Event
from events.identity import keyed_id
from reactions.as_whom import AsWhom
from reactions.executor import Pace
from reactions.executor.marks import Mark
from reactions.executor.outcomes import Request
from reactions.executor.pace import Turns
from reactions.executor.performing import PERFORMING
from reactions.ports.acting import Nobody
from reactions.ports.answers import Repository
from tests.conftest import Clock
from tests.reactions.github import BOT_ID, USER_ID, MemoryGitHub

HEAD = "a" * 40
AROUND = Circumstances(
    policy=Policy(),
    origins={},
    mode="live",
    mode_origin="operator",
    paused=None,
    paused_where=None,
    set_user=None,
    identities=((USER_ID, None), (BOT_ID, None)),
    app_known=True,
)


def a_request(kind: ActionKind) -> Request:
    """A live request of a kind, as the log has it."""
    content = ActionRequested(
        kind=kind,
        mode="live",
        issue_number=1,
        pull_request_number=2,
        head_sha=HEAD,
        generation=0,
        token="0",
        reason="its turn",
        parameters={
            "body": "Hello",
            "method": "squash",
            "label": "status:draft",
            "prefix": "status:",
            "stages": ["draft", "queued"],
            "runs": {"9": 1},
        },
    )
    asked = own_event(content, keyed_id(kind), about=About(repository_id=7, issue_number=1))
    named: dict[str, Any] = {
        name: getattr(asked, name) for name in type(asked).__dataclass_fields__
    }
    event = Event(**named, position=1, recorded_at=Clock()(), payload_sha256="", hash="")
    return Request(event, content)


async def admitted() -> None:
    """Whatever it is, it may be done."""


def turns(
    github: MemoryGitHub,
    repo: Repository,
    kind: ActionKind,
    pace: Pace | None = None,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Turns:
    """GitHub in turn, as actions of a kind meet it; nothing waits unless a pace is given."""
    as_whom = AsWhom(github=github, people=Nobody(), repository_id=7, repo=repo, around=AROUND)
    return Turns(
        github=github,
        repo=repo,
        as_whom=as_whom if PERFORMING[kind].as_user else None,
        pace=pace or Pace(0.0),
        clock=Clock(),
        mark=Mark(a_request(kind), AROUND),
        admit=admitted,
        undone=admitted,
        pause=pause,
    )
