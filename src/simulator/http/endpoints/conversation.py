"""Comments and labels of issues and pull requests."""

from simulator.http.answer import Answer
from simulator.http.call import Call, page_of
from simulator.payloads import Payload
from simulator.state.issues import Issue
from simulator.state.pull_requests import PullRequest
from simulator.state.refusals import Forbidden, NotFound
from simulator.state.subject import Comment


def list_comments(call: Call) -> Answer:
    """Answer with the comments of a conversation, the oldest first."""
    subject, since = call.subject, call.query.get("since", "")
    unlisted = call.site.unlisted
    missing = {each.id for each in subject.comments if unlisted.get(each.id)}
    for comment_id in missing:
        unlisted[comment_id] -= 1
    comments = [e for e in subject.comments if e.updated_at >= since and e.id not in missing]
    return page_of(call, comments, subject.comment_snapshot)


def create_comment(call: Call) -> Answer:
    """Comment."""
    subject = call.subject
    comment = subject.comment(call.text("body"), call.by, call.caller.via_app)
    return Answer(subject.comment_snapshot(comment), 201)


def get_comment(call: Call) -> Answer:
    """Answer with a comment."""
    subject, comment = _comment(call)
    return Answer(subject.comment_snapshot(comment))


def edit_comment(call: Call) -> Answer:
    """Give a comment of one's own another text."""
    subject, comment = _comment(call)
    if comment.by["id"] != call.by["id"]:
        raise Forbidden("Must have admin rights to Repository.")
    subject.edit_comment(comment, call.text("body"), call.by)
    return Answer(subject.comment_snapshot(comment))


def list_labels(call: Call) -> Answer:
    """Answer with the labels of an issue or pull request."""
    return page_of(call, call.subject.label_payloads(), lambda each: each)


def add_labels(call: Call) -> Answer:
    """Put labels on, which makes those that the repository does not have."""
    subject = call.subject
    for name in _names(call):
        subject.label(name, call.by)
    return Answer(subject.label_payloads())


def remove_label(call: Call) -> Answer:
    """Take a label off."""
    subject, name = call.subject, call.path["name"]
    if name.casefold() not in {each.casefold() for each in subject.labels}:
        raise NotFound("Label does not exist")
    subject.unlabel(name, call.by)
    return Answer(subject.label_payloads())


def _names(call: Call) -> list[str]:
    given = call.body.get("labels", [])
    objects = [each["name"] for each in given if isinstance(each, dict)]
    return objects or call.texts("labels")


def _comment(call: Call) -> tuple[Issue | PullRequest, Comment]:
    repository = call.repository
    for subject in repository.threads:
        for comment in subject.comments:
            if str(comment.id) == call.path["comment_id"]:
                return subject, comment
    raise NotFound


def comment_on_commit(call: Call) -> Answer:
    """Comment on a commit, of which nothing is delivered here."""
    repository = call.repository
    commit = repository.commit_at(call.path["sha"])
    comment_id = repository.happenings.new_id()
    body: Payload = {
        "id": comment_id,
        "url": f"{repository.snapshot()['url']}/comments/{comment_id}",
        "commit_id": commit.sha,
        "body": call.text("body"),
        "user": call.by,
        "path": call.body.get("path"),
        "position": call.body.get("position"),
        "created_at": repository.clock.written(),
        "updated_at": repository.clock.written(),
    }
    repository.commit_comments.append(body)
    return Answer(body, 201)
