"""How Copilot's session for an issue stands, which GitHub tells people alone, when they ask."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, TypeAlias, cast, get_args

from events.github.fact import Fact, MergeKey
from events.github.reading import Delivered, Noun, Observed, plain
from events.scalars import moment

SessionState: TypeAlias = Literal[
    "queued",
    "in_progress",
    "completed",
    "failed",
    "idle",
    "waiting_for_user",
    "timed_out",
    "cancelled",
    "unknown",  # a state that came after this release
    "unsupported",  # GitHub tells nothing of sessions here
]

_STATES = get_args(SessionState)
# It is shown as a link and written into comments: nothing in it can mark up or mention.
_ADDRESS = re.compile(r"https?://[\w.~:/?#=&%+-]{1,300}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSeen(Fact):
    """Copilot's newest task for an issue, as it was when we asked, ``at`` a time by our clock.

    ``updated_at`` and ``began_at`` are GitHub's: when it last moved, and when it was made or, if
    somebody told Copilot to go on since, when they did.
    """

    merge_key: ClassVar = MergeKey(
        family="session", identity=("repository_id", "number"), order=("asked_after", "at")
    )

    repository_id: int
    number: int
    state: SessionState
    at: datetime
    asked_after: int | None = None
    task_id: str | None = None
    html_url: str | None = None
    updated_at: datetime | None = None
    began_at: datetime | None = None
    pull_number: int | None = None


def session_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read GitHub's answer to how the session for an issue stands."""
    answer = delivery.root.need_node("session")
    seen = SessionSeen(
        repository_id=delivery.repository_id,
        number=answer.need_integer("number"),
        state=state_of(answer.need_name("state")),
        at=answer.need_moment("asked_at"),
        asked_after=answer.integer("asked_after"),
        task_id=answer.name("id"),
        html_url=address(answer.json.get("html_url")),
        updated_at=moment(answer.json.get("updated_at")),
        began_at=moment(answer.json.get("began_at")),
        pull_number=answer.integer("pull_number"),
    )
    return (seen,)


def address(value: object) -> str | None:
    """Return an address that may be shown as it is."""
    return value if isinstance(value, str) and _ADDRESS.fullmatch(value) else None


def state_of(name: str) -> SessionState:
    """Return a state by GitHub's name, or that it is one that we do not know."""
    return cast("SessionState", name) if name in _STATES else "unknown"


# No event has this reader: no delivery tells of sessions.
NOUN = Noun(
    events={},
    observed={
        "session": Observed(
            event="issues",
            readers=(session_seen,),
            keys=plain(
                *("number", "id", "state", "html_url", "updated_at", "began_at"),
                *("pull_number", "asked_at", "asked_after"),
            ),
        ),
    },
)
