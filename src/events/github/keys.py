"""Which keys of GitHub's objects the readers read: all that an observation keeps of one."""

from collections.abc import Mapping
from typing import TypeAlias

from events.catalogue import Json, ObservedKind
from events.github.mentions import MAX_TEXT
from events.github.node import MAX_ITEMS
from events.github.scalars import excerpt, flag, integer
from events.json_types import Json as Given
from events.json_types import JsonObject

# The keys of an object, each with those of the objects under it; None: a plain value.
Keys: TypeAlias = "Mapping[str, Keys | None]"


def kept(kind: ObservedKind, whole: JsonObject) -> dict[str, Json]:
    """Return as much of an object as is read, whatever it is: bounded, and fit to be stored."""
    return _objects_keys(whole, KEYS[kind])


def _plain(*names: str) -> dict[str, None]:
    return dict.fromkeys(names)


_USER = _plain("id", "login")
_NUMBERED = _plain("id", "number")
_REPOSITORY: Keys = {
    **_plain("full_name", "private", "archived", "default_branch", "updated_at"),
    "owner": _USER,
}
_WORK: Keys = {  # what issues and pull requests have in common
    **_plain("id", "number", "title", "state", "created_at", "updated_at", "closed_at"),
    "user": _USER,
    "labels": _plain("name"),
    "assignees": _USER,
}

KEYS: Mapping[ObservedKind, Keys] = {
    "repository": _REPOSITORY,
    "issue": {
        **_WORK,
        **_plain("state_reason"),
        "pull_request": {},
        "issue_dependencies_summary": _plain("blocked_by", "total_blocked_by"),
        "sub_issues_summary": _plain("total", "completed"),
    },
    "pull_request": {
        **_WORK,
        **_plain("body", "draft", "merged", "merged_at", "merge_commit_sha"),
        "auto_merge": {},
        "merged_by": _USER,
        "requested_reviewers": _USER,
        "requested_teams": _plain("slug"),
        "head": {**_plain("sha", "ref"), "repo": _plain("id")},
        "base": _plain("ref"),
    },
    "review": {**_plain("id", "state", "body", "commit_id", "submitted_at"), "user": _USER},
    "check_run": {
        **_plain("id", "name", "head_sha", "status", "conclusion", "started_at", "completed_at"),
        "app": _plain("id"),
        "check_suite": _plain("id"),
        "pull_requests": _NUMBERED,
    },
    "status": _plain("id", "state", "context", "updated_at"),
    "actions_run": {
        **_plain("id", "run_attempt", "head_sha", "status", "updated_at", "name", "workflow_id"),
        **_plain("check_suite_id", "head_branch", "event", "conclusion"),
        "pull_requests": _NUMBERED,
    },
}


def _objects_keys(whole: JsonObject, keys: Keys) -> dict[str, Json]:
    return {
        name: _value(whole[name]) if below is None else _below(whole[name], below)
        for name, below in keys.items()
        if name in whole
    }


def _below(value: Given, keys: Keys) -> Json:
    if isinstance(value, list):
        return [_object(item, keys) for item in value[:MAX_ITEMS]]
    return _object(value, keys)


def _object(value: Given, keys: Keys) -> Json:
    return _objects_keys(value, keys) if isinstance(value, dict) else _value(value)


def _value(value: Given) -> Json:
    """Return a plain value; one that no reader takes is null, as good as none."""
    if isinstance(value, str):
        return excerpt(value, MAX_TEXT)
    return flag(value) if isinstance(value, bool) else integer(value)
