"""What GitHub answered when we asked: who may write, what closes or blocks an issue, what ended.

No delivery says these. ``asked_after`` is the position up to which we had heard of the repository
when we asked (None: it was not noted), ``at`` the time of that by our clock: they order answers to
one question, and clocks alone do not, which may differ and jump.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from events.github.fact import Fact, MergeKey
from events.github.issues import ISSUE, read_issue
from events.github.node import Node
from events.github.reading import USER, Delivered, Noun, Observed, plain
from events.github.relations import DependencyChanged
from events.scalars import distinct, integer

_WRITING = ("admin", "maintain", "write")


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionSeen(Fact):
    """Whether somebody who spoke on a pull request may write here, and how GitHub calls that."""

    merge_key: ClassVar = MergeKey(
        family="permission",
        identity=("repository_id", "number", "user_id"),
        order=("asked_after", "at"),
    )

    repository_id: int
    number: int
    user_id: int
    may_write: bool
    at: datetime
    asked_after: int | None = None
    login: str | None = None
    permission: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingSeen(Fact):
    """The issues of this repository that a pull request closes by GitHub's own word, sorted."""

    merge_key: ClassVar = MergeKey(
        family="closing", identity=("repository_id", "number"), order=("asked_after", "at")
    )

    repository_id: int
    number: int
    issues: tuple[int, ...]
    at: datetime
    asked_after: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopilotFinished(Fact):
    """The timeline of a pull request says that Copilot ended its work at ``finished_at``."""

    merge_key: ClassVar = MergeKey(
        family="copilot_finished", identity=("repository_id", "number"), order=("finished_at",)
    )

    repository_id: int
    number: int
    finished_at: datetime
    failed: bool = False


def permission_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read GitHub's answer to whether somebody may write."""
    answer = delivery.root.need_node("permission")
    user = answer.need_node("user")
    permission = answer.name("permission")
    seen = PermissionSeen(
        repository_id=delivery.repository_id,
        number=delivery.root.need_node("pull_request").need_integer("number"),
        user_id=user.need_integer("id"),
        may_write=permission in _WRITING or answer.name("role_name") in _WRITING,
        at=answer.need_moment("asked_at"),
        asked_after=answer.integer("asked_after"),
        login=user.name("login"),
        permission=answer.name("role_name") or permission,
    )
    return (seen,)


def closing_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read GitHub's answer to which issues a pull request closes."""
    answer = delivery.root.need_node("closing")
    issues = distinct([integer(number) for number in answer.need_list("issues")])
    seen = ClosingSeen(
        repository_id=delivery.repository_id,
        number=delivery.root.need_node("pull_request").need_integer("number"),
        issues=issues,
        at=answer.need_moment("asked_at"),
        asked_after=answer.integer("asked_after"),
    )
    return (seen,)


def copilot_finished(delivery: Delivered) -> Iterable[Fact]:
    """Read from a pull request's timeline when Copilot last ended its work."""
    answer = delivery.root.need_node("work")
    seen = CopilotFinished(
        repository_id=delivery.repository_id,
        number=delivery.root.need_node("pull_request").need_integer("number"),
        finished_at=answer.need_moment("finished_at"),
        failed=answer.flag("failed") or False,
    )
    return (seen,)


def blockers_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read GitHub's answer to what blocks an issue: each of them, and those that are of here.

    One of a repository that we may not read is left out: the issue's count tells of it.
    """
    issue = delivery.root.need_node("issue")
    number, at = issue.need_integer("number"), issue.need_moment("updated_at")
    own = delivery.repository_id

    def dependency(blocker: Node) -> Fact:
        return DependencyChanged(
            blocked_repository_id=own,
            blocked_number=number,
            blocking_repository_id=blocker.need_node("repository").need_integer("id"),
            blocking_number=blocker.need_integer("number"),
            present=True,
            at=max(at, blocker.need_moment("updated_at")),
            blocking_state=blocker.need_name("state"),
        )

    readable = [(b, b.node("repository").integer("id")) for b in _blockers(delivery)]
    here = [blocker for blocker, where in readable if where == own]
    told = delivery.each([blocker for blocker, where in readable if where is not None], dependency)
    return (*told, *delivery.each(here, lambda blocker: read_issue(blocker, own)))


def _blockers(delivery: Delivered) -> list[Node]:
    return delivery.root.need_node("blockers").nodes("issues")


# No event has these readers: whoever may post deliveries cannot answer in GitHub's place.
NOUN = Noun(
    events={},
    observed={
        "permission": Observed(
            event="pull_request",
            readers=(permission_seen,),
            keys={**plain("permission", "role_name", "asked_at", "asked_after"), "user": USER},
        ),
        "closing": Observed(
            event="pull_request",
            readers=(closing_seen,),
            keys={**plain("asked_at", "asked_after"), "issues": {}},
        ),
        "work": Observed(
            event="pull_request",
            readers=(copilot_finished,),
            keys=plain("finished_at", "failed"),
        ),
        "blockers": Observed(
            event="issues",
            readers=(blockers_seen,),
            keys={**plain("number", "updated_at"), "issues": {**ISSUE, "repository": plain("id")}},
        ),
    },
)
