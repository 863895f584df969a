"""Deliveries about pull requests, their reviews and the comments on their changes."""

from simulator.payloads.deliveries.envelope import in_repository
from simulator.payloads.deliveries.issues import change_of
from simulator.payloads.payload import Payload, a_sha
from simulator.payloads.pull_request_views import an_embedded_pull_request
from simulator.payloads.pull_requests import a_pull_request
from simulator.payloads.repositories import a_repository
from simulator.payloads.reviews import a_review, a_review_comment
from simulator.payloads.users import a_user


def pull_request(
    action: str = "opened",
    *,
    pull_request: Payload | None = None,
    repository: Payload | None = None,
    **overrides: object,
) -> Payload:
    """Build a ``pull_request`` delivery; what its action adds may be overridden."""
    repository = repository or a_repository()
    pull = pull_request or a_pull_request(repository=repository)
    body = {
        "number": pull["number"],
        "pull_request": pull,
        **change_of(action, pull, repository),
        **_addition(action, pull),
    }
    return in_repository(action, body, repository, overrides)


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


def _addition(action: str, pull: Payload) -> Payload:
    if action in {"review_requested", "review_request_removed"}:
        reviewers = pull["requested_reviewers"]
        return {"requested_reviewer": reviewers[-1] if reviewers else a_user("grace-keen")}
    if action == "synchronize":
        sha = pull["head"]["sha"]
        return {"before": a_sha("before", sha), "after": sha}
    return {"reason": "MERGE"} if action == "dequeued" else {}
