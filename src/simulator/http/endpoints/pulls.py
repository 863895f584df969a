"""Pull requests: lists, reviews and merging."""

from simulator.http.answer import Answer
from simulator.http.call import Call, page_of
from simulator.payloads import Payload
from simulator.payloads.pull_requests import an_embedded_pull_request
from simulator.state.accounts import COPILOT_REVIEWER
from simulator.state.pull_requests import PullRequest
from simulator.state.refusals import NotFound, Refused
from simulator.state.repository import Commit


def list_pulls(call: Call) -> Answer:
    """Answer with pull requests, without their flags and totals, the newest first."""
    state, head = call.query.get("state", "open"), call.query.get("head", "")
    found = [
        each
        for each in reversed(call.repository.pull_requests)
        if state in (each.state, "all") and head.rpartition(":")[2] in ("", each.head_ref)
    ]
    if call.query.get("sort") == "updated":
        newest_first = call.query.get("direction") != "asc"
        found.sort(key=lambda each: each.updated_at, reverse=newest_first)
    return page_of(call, found, lambda each: an_embedded_pull_request(each.snapshot()))


def get_pull(call: Call) -> Answer:
    """Answer with a whole pull request."""
    return Answer(call.pull_request.snapshot())


def create_pull(call: Call) -> Answer:
    """Open a pull request of a branch of the repository."""
    repository, title = call.repository, call.text("title")
    head, base = call.text("head").rpartition(":")[2], call.text("base")
    for field, branch in (("head", head), ("base", base)):
        if branch not in repository.branches:
            raise Refused(errors=[{"resource": "PullRequest", "field": field, "code": "invalid"}])
    draft, body = bool(call.body.get("draft")), call.body.get("body") or ""
    pull = repository.open_pull(title, body, head, base, call.by, draft=draft)
    return Answer(pull.snapshot(), 201)


def list_commits(call: Call) -> Answer:
    """Answer with the commits of a pull request, the oldest first."""
    return page_of(call, call.pull_request.commits, _commit)


def list_reviews(call: Call) -> Answer:
    """Answer with the reviews of a pull request, whose states lists write in capitals."""
    pull = call.pull_request
    shown = [pull.review_snapshot(each) for each in pull.reviews]
    return page_of(call, shown, lambda each: each | {"state": each["state"].upper()})


def list_review_comments(call: Call) -> Answer:
    """Answer with the comments on changes of one review."""
    pull, given = call.pull_request, call.path["review"]
    found = [each for each in pull.reviews if str(each.id) == given]
    if not found:
        raise NotFound
    return page_of(call, pull.review_comments(found[0]), lambda each: each)


def request_reviewers(call: Call) -> Answer:
    """Ask for reviews; who cannot review is refused, with nobody asked."""
    pull = call.pull_request
    users = [_reviewer(pull, login) for login in call.texts("reviewers")]
    for user in users:
        pull.request_review(user, call.by)
    return Answer(an_embedded_pull_request(pull.snapshot()), 201)


def merge(call: Call) -> Answer:
    """Merge a pull request."""
    sha = call.pull_request.merge(call.by, sha=call.body.get("sha"))
    return Answer({"sha": sha, "merged": True, "message": "Pull Request successfully merged"})


def _reviewer(pull: PullRequest, login: str) -> Payload:
    user = pull.happenings.directory.named(login)
    if user == pull.author:
        raise Refused("Review cannot be requested from pull request author.")
    if user is None or not (pull.repository.access.may_write(user) or user == COPILOT_REVIEWER):
        raise Refused(
            "Reviews may only be requested from collaborators. One or more of the users or teams "
            "you specified is not a collaborator of the repository."
        )
    return user


def _commit(commit: Commit) -> Payload:
    return {
        "sha": commit.sha,
        "author": commit.author,
        "committer": commit.author,
        "commit": {"message": commit.message},
        "parents": [],
    }
