"""Reading pull requests."""

from collections.abc import Iterable
from datetime import datetime

from events.facts import Fact, PullRequestSeen
from events.interpret.delivery import Delivered
from events.interpret.issues import MAX_TITLE
from events.interpret.mentions import MAX_TEXT, closing_issue_numbers
from events.interpret.node import Node
from events.interpret.people import label_names, team_slugs, user_ids


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
        head_sha=head.need_name("sha"),
        head_ref=head.need_name("ref"),
        base_ref=base.need_name("ref"),
        labels=label_names(pull_request),
        assignee_ids=user_ids(pull_request, "assignees"),
        requested_reviewer_ids=user_ids(pull_request, "requested_reviewers"),
        requested_teams=team_slugs(pull_request, "requested_teams"),
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


def _closing(pull_request: Node, base: Node, repository: Node) -> tuple[int, ...] | None:
    default_branch = repository.name("default_branch")
    full_name = repository.name("full_name")
    if default_branch is None or full_name is None or "body" not in pull_request.json:
        return None
    if base.name("ref") != default_branch:
        return ()
    title = pull_request.text("title", MAX_TITLE) or ""
    body = pull_request.text("body", MAX_TEXT) or ""
    return closing_issue_numbers(f"{title}\n{body}", full_name)
