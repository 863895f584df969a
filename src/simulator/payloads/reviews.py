"""Reviews and the comments on changes, and deliveries about them."""

from simulator.payloads.envelope import in_repository
from simulator.payloads.issues import reactions
from simulator.payloads.payload import UPDATED, Payload, a_node_id, an_id, built
from simulator.payloads.pull_requests import a_pull_request, an_embedded_pull_request
from simulator.payloads.users import a_user


def a_review(
    state: str = "approved",
    *,
    pull_request: Payload | None = None,
    number: int = 1,
    **overrides: object,
) -> Payload:
    """Build a review of a pull request's newest commit; ``number`` tells several apart."""
    pull_request = pull_request or a_pull_request()
    review_id = an_id("review", pull_request["id"], number)
    html_url = f"{pull_request['html_url']}#pullrequestreview-{review_id}"
    review = {
        "id": review_id,
        "node_id": a_node_id("PRR", review_id),
        "user": a_user("grace-keen"),
        "body": None,
        "commit_id": pull_request["head"]["sha"],
        "submitted_at": UPDATED,
        "updated_at": UPDATED,
        "state": state,
        "html_url": html_url,
        "pull_request_url": pull_request["url"],
        "author_association": "MEMBER",
        "_links": {
            "html": {"href": html_url},
            "pull_request": {"href": pull_request["url"]},
        },
    }
    return built(review, overrides)


def a_review_comment(
    *, pull_request: Payload | None = None, number: int = 1, **overrides: object
) -> Payload:
    """Build a comment on the changes of a pull request; ``number`` tells several apart."""
    pull_request = pull_request or a_pull_request()
    comment_id = an_id("review comment", pull_request["id"], number)
    url = f"{pull_request['url'].rpartition('/')[0]}/comments/{comment_id}"
    html_url = f"{pull_request['html_url']}#discussion_r{comment_id}"
    comment = {
        "url": url,
        "pull_request_review_id": an_id("review", pull_request["id"], 1),
        "id": comment_id,
        "node_id": a_node_id("PRRC", comment_id),
        "diff_hunk": "@@ -12,6 +12,9 @@ class Link:\n     def close(self) -> None:",
        "path": "rocket/link.py",
        **_place(pull_request["head"]["sha"]),
        "user": a_user("grace-keen"),
        "body": "Could this be closed twice?",
        "created_at": UPDATED,
        "updated_at": UPDATED,
        "html_url": html_url,
        "pull_request_url": pull_request["url"],
        "author_association": "MEMBER",
        "_links": {
            "self": {"href": url},
            "html": {"href": html_url},
            "pull_request": {"href": pull_request["url"]},
        },
        "reactions": reactions(url),
    }
    return built(comment, overrides)


def pull_request_review(
    action: str = "submitted",
    *,
    review: Payload | None = None,
    pull_request: Payload | None = None,
    repository: Payload | None = None,
    **overrides: object,
) -> Payload:
    """Build a ``pull_request_review`` delivery, in which the pull request lacks its flags."""
    pull = pull_request or a_pull_request(repository=repository)
    body = {
        "review": review or a_review(pull_request=pull),
        "pull_request": an_embedded_pull_request(pull),
    }
    return in_repository(action, body, repository, overrides)


def pull_request_review_comment(
    action: str = "created",
    *,
    comment: Payload | None = None,
    pull_request: Payload | None = None,
    repository: Payload | None = None,
    **overrides: object,
) -> Payload:
    """Build a ``pull_request_review_comment`` delivery."""
    pull = pull_request or a_pull_request(repository=repository)
    body = {
        "comment": comment or a_review_comment(pull_request=pull),
        "pull_request": an_embedded_pull_request(pull),
    }
    return in_repository(action, body, repository, overrides)


def pull_request_review_thread(
    action: str = "resolved",
    *,
    pull_request: Payload | None = None,
    repository: Payload | None = None,
    **overrides: object,
) -> Payload:
    """Build a ``pull_request_review_thread`` delivery of a thread of one comment."""
    pull = pull_request or a_pull_request(repository=repository)
    comment = a_review_comment(pull_request=pull)
    body = {
        "pull_request": an_embedded_pull_request(pull),
        "thread": {"node_id": f"PRRT_{comment['id']}", "comments": [comment]},
    }
    return in_repository(action, body, repository, overrides)


def _place(sha: str) -> Payload:
    return {
        "position": 5,
        "original_position": 5,
        "commit_id": sha,
        "original_commit_id": sha,
        "start_line": None,
        "original_start_line": None,
        "start_side": None,
        "line": 14,
        "original_line": 14,
        "side": "RIGHT",
        "subject_type": "line",
    }
