"""What a delivery says of a pull request, and of whom a review of it is asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from events.github.agents import is_agent
from events.github.fact import NEVER, Borrowed, Fact, MergeKey
from events.github.issues import (
    MAX_TITLE,
    WORK,
    assignment_changed,
    label_changed,
    label_names,
    user_ids,
)
from events.github.mentions import MAX_TEXT, closing_issue_numbers
from events.github.node import Node
from events.github.reading import USER, Delivered, Keys, Noun, Observed, plain
from events.github.repositories import repository_seen
from events.scalars import distinct


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestSeen(Fact):
    """A pull request as it was at ``updated_at``.

    ``closing_issue_numbers`` are this repository's issues that its title or body closes by
    keyword: of Copilot's on whatever base, since the keyword is its word for what it works on; of
    others' none unless it targets the default branch, as GitHub has it. ``merge_commit_sha`` is
    only given once it is merged: before, GitHub puts a passing test merge there. Lists are sorted.
    ``settled_at`` and ``uncertain`` are as of an issue.
    """

    merge_key: ClassVar = MergeKey(
        family="pull_request",
        identity=("repository_id", "number"),
        order=("merged", "updated_at", "settled_at"),
        optional=("draft", "auto_merge", "merged_by_id", "closing_issue_numbers"),
        doubtable=True,
    )

    repository_id: int
    id: int
    number: int
    title: str
    state: str
    merged: bool
    head_sha: str
    head_ref: str
    base_ref: str
    labels: tuple[str, ...]
    assignee_ids: tuple[int, ...]
    requested_reviewer_ids: tuple[int, ...]
    requested_teams: tuple[str, ...]
    updated_at: datetime
    head_repository_id: int | None = None
    author_id: int | None = None
    created_at: datetime | None = None
    closed_at: datetime | None = None
    merged_at: datetime | None = None
    merge_commit_sha: str | None = None
    draft: bool | None = None
    auto_merge: bool | None = None
    merged_by_id: int | None = None
    closing_issue_numbers: tuple[int, ...] | None = None
    settled_at: datetime = NEVER
    uncertain: bool = False
    borrowed: Borrowed = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRequested(Fact):
    """A review was asked of a user or a team, or no longer is (``present`` false)."""

    merge_key: ClassVar = MergeKey(
        family="review_request",
        identity=("repository_id", "number", "reviewer_id", "team"),
        order=("at",),
    )

    repository_id: int
    number: int
    present: bool
    at: datetime
    reviewer_id: int | None = None
    reviewer_login: str | None = None
    team: str | None = None
    by_id: int | None = None


def pull_request_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read the pull request of a delivery, which reviews and comments embed too."""
    pull_request = delivery.root.need_node("pull_request")
    head, base = pull_request.need_node("head"), pull_request.need_node("base")
    merged_at = pull_request.moment("merged_at")
    merged = _merged(pull_request, merged_at)
    seen = PullRequestSeen(
        repository_id=delivery.repository_id,
        id=pull_request.need_integer("id"),
        number=pull_request.need_integer("number"),
        title=pull_request.need_text("title", MAX_TITLE),
        state=pull_request.need_name("state"),
        merged=merged,
        head_sha=head.need_sha("sha"),
        head_ref=head.need_name("ref"),
        base_ref=base.need_name("ref"),
        labels=label_names(pull_request),
        assignee_ids=user_ids(pull_request, "assignees"),
        requested_reviewer_ids=user_ids(pull_request, "requested_reviewers"),
        requested_teams=_team_slugs(pull_request, "requested_teams"),
        updated_at=pull_request.need_moment("updated_at"),
        head_repository_id=head.node("repo").integer("id"),
        author_id=pull_request.node("user").integer("id"),
        created_at=pull_request.moment("created_at"),
        closed_at=pull_request.moment("closed_at"),
        merged_at=merged_at,
        merge_commit_sha=pull_request.name("merge_commit_sha") if merged else None,
        draft=pull_request.flag("draft"),
        auto_merge=_auto_merge(pull_request),
        merged_by_id=pull_request.node("merged_by").integer("id"),
        closing_issue_numbers=_closing(pull_request, base, delivery.repository),
    )
    return (seen,)


def review_requested(delivery: Delivered) -> Iterable[Fact]:
    """Read of whom a review was asked or no longer is, and by whom."""
    present = _REQUESTS.get(delivery.action or "")
    if present is None:
        return ()
    subject = delivery.root.need_node("pull_request")
    reviewer_id = delivery.root.node("requested_reviewer").integer("id")
    team = delivery.root.node("requested_team").name("slug")
    if reviewer_id is None and team is None:
        delivery.root.refuse("requested_reviewer", "a user's id, or requested_team with a slug")
    requested = ReviewRequested(
        repository_id=delivery.repository_id,
        number=subject.need_integer("number"),
        present=present,
        at=subject.need_moment("updated_at"),
        reviewer_id=reviewer_id,
        reviewer_login=delivery.root.node("requested_reviewer").name("login"),
        team=team,
        by_id=delivery.sender_id,
    )
    return (requested,)


def _merged(pull_request: Node, merged_at: datetime | None) -> bool:
    """Say whether it is merged; a review's pull request has no such flag, only the time."""
    flag = pull_request.flag("merged")
    if flag is not None:
        return flag
    if "merged_at" in pull_request.json or pull_request.json.get("state") == "open":
        return merged_at is not None
    return pull_request.need_flag("merged")


def _auto_merge(pull_request: Node) -> bool | None:
    if "auto_merge" not in pull_request.json:
        return None
    return pull_request.json["auto_merge"] is not None


def _team_slugs(node: Node, key: str) -> tuple[str, ...]:
    """Return the slugs of the first hundred teams in a list, sorted."""
    return distinct([team.name("slug") for team in node.nodes(key)])


def _closing(pull_request: Node, base: Node, repository: Node) -> tuple[int, ...] | None:
    default_branch = repository.name("default_branch")
    full_name = repository.name("full_name")
    if default_branch is None or full_name is None or "body" not in pull_request.json:
        return None
    copilots = is_agent(pull_request.node("user").integer("id"))
    if base.name("ref") != default_branch and not copilots:
        return ()
    texts = (pull_request.text("title", MAX_TITLE), pull_request.text("body", MAX_TEXT))
    # Each for itself: what a title leaves open, such as a comment, hides nothing of the body.
    return distinct([n for text in texts if text for n in closing_issue_numbers(text, full_name)])


_REQUESTS = {"review_requested": True, "review_request_removed": False}
_PULL_REQUEST: Keys = {
    **WORK,
    **plain("body", "draft", "merged", "merged_at", "merge_commit_sha"),
    "auto_merge": {},
    "merged_by": USER,
    "requested_reviewers": USER,
    "requested_teams": plain("slug"),
    "head": {**plain("sha", "ref"), "repo": plain("id")},
    "base": plain("ref"),
}

NOUN = Noun(
    events={
        "pull_request": (
            *(repository_seen, pull_request_seen),
            *(label_changed, assignment_changed, review_requested),
        ),
    },
    observed={
        "pull_request": Observed(
            event="pull_request", readers=(pull_request_seen,), keys=_PULL_REQUEST
        ),
    },
)
