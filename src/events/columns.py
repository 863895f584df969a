"""The lenient copy of a few fixed JSON paths that the log keeps in columns of their own.

Made while GitHub waits for its answer, hence quick; and it never refuses a delivery: what does not
fit is None.
"""

from datetime import datetime
from typing import NamedTuple, TypeAlias

from events.json_types import JsonObject
from events.scalars import integer, moment, text

_LOGIN = 255
_SHA = 64
_NOTHING: JsonObject = {}
_NO_COMMIT = "0" * 40  # what a push that deletes a ref says instead of a commit
_SHA_HOLDERS = ("check_run", "check_suite", "workflow_run", "workflow_job", "merge_group")
_SUBJECTS = {
    **{name: name for name in _SHA_HOLDERS},
    "push": "push",
    "status": "status",
    "repository": "repository",
    "installation": "installation",
    "installation_repositories": "installation",
}
# Whichever of two related issues is in the delivery's own repository.
_RELATED = {
    "blocked_by_added": "blocked_issue",
    "blocked_by_removed": "blocked_issue",
    "blocking_added": "blocking_issue",
    "blocking_removed": "blocking_issue",
    "sub_issue_added": "parent_issue",
    "sub_issue_removed": "parent_issue",
    "parent_issue_added": "sub_issue",
    "parent_issue_removed": "sub_issue",
}
_RELATING = ("issue_dependencies", "sub_issues")
_Places: TypeAlias = tuple[tuple[str, str], ...]
# Where GitHub's time of the thing stands, the most specific place first.
_TIMES_BY_EVENT: dict[str, _Places] = {
    "push": (("head_commit", "timestamp"), ("repository", "pushed_at")),
    "installation": (("installation", "updated_at"),),
    "installation_repositories": (("installation", "updated_at"),),
    "repository": (("repository", "updated_at"),),
    "issues": (("issue", "updated_at"),),
    "pull_request": (("pull_request", "updated_at"),),
    "issue_dependencies": (),
    "sub_issues": (),
    "ping": (),
}
_TIMES: _Places = (
    ("review", "submitted_at"),
    ("comment", "updated_at"),
    ("comment", "created_at"),
    ("check_run", "completed_at"),
    ("check_run", "started_at"),
    ("check_suite", "updated_at"),
    ("workflow_run", "updated_at"),
    ("workflow_job", "completed_at"),
    ("workflow_job", "started_at"),
    ("issue", "updated_at"),
    ("pull_request", "updated_at"),
)


class Columns(NamedTuple):
    """What the log's columns of these names hold for a delivery."""

    installation_id: int | None
    repository_id: int | None
    actor_id: int | None
    actor_login: str | None
    subject_kind: str | None
    subject_number: int | None
    head_sha: str | None
    occurred_at: datetime | None


def columns_of(event: str, payload: JsonObject) -> Columns:
    """Copy what the columns hold out of a delivery of a GitHub event; never raises."""
    sender = _object(payload, "sender")
    kind, subject = _subject(event, payload)
    return Columns(
        installation_id=integer(_object(payload, "installation").get("id")),
        repository_id=integer(_object(payload, "repository").get("id")),
        actor_id=integer(sender.get("id")),
        actor_login=text(sender.get("login"), _LOGIN),
        subject_kind=kind,
        subject_number=integer(subject.get("number")),
        head_sha=_head_sha(event, payload),
        occurred_at=_occurred_at(event, payload, subject),
    )


def _object(payload: JsonObject, key: str) -> JsonObject:
    value = payload.get(key)
    return value if isinstance(value, dict) else _NOTHING


def _subject(event: str, payload: JsonObject) -> tuple[str | None, JsonObject]:
    if issue := _object(payload, "issue"):
        return "pull_request" if "pull_request" in issue else "issue", issue
    if pull_request := _object(payload, "pull_request"):
        return "pull_request", pull_request
    if event in _RELATING:
        return "issue", _related_issue(payload)
    return _SUBJECTS.get(event), _NOTHING


def _related_issue(payload: JsonObject) -> JsonObject:
    action = payload.get("action")
    return _object(payload, _RELATED.get(action, "")) if isinstance(action, str) else _NOTHING


def _head_sha(event: str, payload: JsonObject) -> str | None:
    if event == "push":
        after = text(payload.get("after"), _SHA)
        return None if after is None or after == _NO_COMMIT else after
    if event == "status":
        return text(payload.get("sha"), _SHA)
    if pull_request := _object(payload, "pull_request"):
        return text(_object(pull_request, "head").get("sha"), _SHA)
    if event in _SHA_HOLDERS:
        return text(_object(payload, event).get("head_sha"), _SHA)
    return None


def _occurred_at(event: str, payload: JsonObject, subject: JsonObject) -> datetime | None:
    if event == "status":
        return moment(payload.get("updated_at"))
    if event == "merge_group":
        commit = _object(_object(payload, "merge_group"), "head_commit")
        return moment(commit.get("timestamp"))
    for holder, key in _TIMES_BY_EVENT.get(event, _TIMES):
        if (at := moment(_object(payload, holder).get(key))) is not None:
            return at
    return moment(subject.get("updated_at"))
