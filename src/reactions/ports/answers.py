"""What is asked of GitHub and what it answers, as values; none of them holds a token."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from events.catalogue import Json
from events.github.agents import COPILOT, Agent

MergeMethod: TypeAlias = Literal["merge", "squash", "rebase"]
Holder: TypeAlias = Literal["app", "installation", "user"]
State: TypeAlias = Literal["open", "closed"]

POLICY_CHECK_NAME = "Copilot orchestrator policy"

_FULL_NAME = re.compile(r"(?!\.{1,2}/)[\w.-]+/(?!\.{1,2}$)[\w.-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository and the installation through which we may act on it."""

    installation_id: int
    full_name: str

    def __post_init__(self) -> None:
        """Refuse what is no ``owner/name``, since it becomes part of an address."""
        if not _FULL_NAME.fullmatch(self.full_name):
            raise ValueError(f"expected owner/name, found {self.full_name!r}")


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue as GitHub has it now."""

    number: int
    node_id: str
    state: State
    assignee_ids: tuple[int, ...]
    labels: tuple[str, ...]
    is_pull_request: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment as GitHub has it now; ``edited``: it may not say what it said when it was written.

    Times are GitHub's.
    """

    id: int
    body: str = field(repr=False)
    author_id: int | None
    by_bot: bool = False
    created_at: datetime | None = None
    edited: bool = False


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request as GitHub has it now."""

    number: int
    node_id: str
    state: State
    draft: bool
    merged: bool
    head_sha: str
    requested_reviewer_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RepositoryFile:
    """A file's text and the SHA of its blob, which changes exactly when the text does."""

    text: str
    sha: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which agent should work on an issue, and how; what is empty or None is left to GitHub."""

    base_branch: str | None = None
    instructions: str = ""
    custom_agent: str = ""
    model: str = ""
    agent: Agent = COPILOT


@dataclass(frozen=True, slots=True)
class Answer:
    """That GitHub did it, and how to find it there: ``ids`` such as ``comment_id`` or ``sha``."""

    status: int
    request_id: str | None = None
    ids: Mapping[str, int | str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Json]:
        """Return it as the event that records it keeps it."""
        return {"status": self.status, "request_id": self.request_id, **self.ids}


@dataclass(frozen=True, slots=True)
class Ended:
    """That Copilot's newest session on a pull request ended, by GitHub's time, and how."""

    at: datetime
    failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task of an agent, of one session or several; ``pull_ids`` are its pull requests' ids.

    ``state`` is GitHub's own name for it, times are GitHub's.
    """

    id: str
    state: str
    html_url: str
    created_at: datetime
    updated_at: datetime
    pull_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class HookDelivery:
    """One attempt of GitHub's to deliver; ``guid`` stays the same over redeliveries."""

    id: int
    guid: str
    delivered_at: datetime
    redelivery: bool
    status: str
    status_code: int | None
    event: str
    action: str | None
    installation_id: int | None
    repository_id: int | None


@dataclass(frozen=True, slots=True)
class RequiredChecks:
    """What a branch requires: names, each with the App whose check it must be (None: anybody's).

    ``readable``: GitHub let us see all of that, or enough to know of some.
    """

    readable: bool
    checks: tuple[tuple[str, int | None], ...] = ()


@dataclass(frozen=True, slots=True)
class AppSetup:
    """The App as GitHub knows it: what it may do and what it hears; its page, where one is told."""

    id: int
    slug: str
    permissions: Mapping[str, str]
    events: tuple[str, ...]
    html_url: str = ""


@dataclass(frozen=True, slots=True)
class ActingUser:
    """The person whose token does what only a person may."""

    id: int
    login: str


@dataclass(frozen=True, slots=True)
class HookSetup:
    """The App's webhook as GitHub has it; GitHub never shows the secret, only that there is one."""

    url: str
    content_type: str
    has_secret: bool
    verifies_tls: bool


@dataclass(frozen=True, slots=True)
class ServerSetup:
    """GitHub as it answers a stranger; what it does not say is None.

    ``asked_at`` and ``answered_at`` are by our clock, ``date`` by GitHub's, in whole seconds.
    ``api_version`` is the one that we ask for, ``api_versions`` are those that it offers.
    """

    asked_at: datetime
    answered_at: datetime
    date: datetime | None
    api_version: str
    api_versions: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What an answer told of a budget of requests, which belongs to ``holder``'s credential.

    ``user_id`` is whose that is among those who consented; None: not theirs.
    """

    holder: Holder
    installation_id: int | None
    resource: str
    remaining: int
    reset: datetime
    request_id: str | None
    user_id: int | None = None
