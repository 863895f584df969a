"""What an App is asked for by a manifest, and what is wrong with one that asks for nonsense."""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from simulator.payloads import Payload

_LONGEST_NAME = 34
_MOST_CALLBACKS = 10
_LEVELS = ("read", "write", "admin")
_WEB = ("http", "https")

# Source: GitHub's pages on the events and permissions of Apps, each event's "availability".
EVENTS: Mapping[str, tuple[str, ...]] = {
    "branch_protection_rule": ("administration",),
    "check_run": ("checks",),
    "check_suite": ("checks",),
    "create": ("contents",),
    "issue_comment": ("issues", "pull_requests"),
    "issue_dependencies": ("issues",),
    "issues": ("issues",),
    "member": ("members",),
    "membership": ("members",),
    "merge_group": ("merge_queues",),
    "organization": ("members",),
    "pull_request": ("pull_requests",),
    "pull_request_review": ("pull_requests",),
    "pull_request_review_comment": ("pull_requests",),
    "pull_request_review_thread": ("pull_requests",),
    "push": ("contents",),
    "repository": ("metadata",),
    "repository_ruleset": ("administration",),
    "status": ("statuses",),
    "sub_issues": ("issues",),
    "team": ("members",),
    "team_add": ("members",),
    "workflow_run": ("actions",),
}
PERMISSIONS = frozenset(
    {
        *(permission for needed in EVENTS.values() for permission in needed),
        *("deployments", "environments", "pages", "repository_hooks", "secrets", "workflows"),
    }
)


def read_manifest(text: str) -> tuple[Payload, list[str]]:
    """Return a manifest's fields and what is wrong with them, field by field."""
    try:
        told = json.loads(text)
    except ValueError:
        return {}, ["manifest: is not valid JSON"]
    if not isinstance(told, dict):
        return {}, ["manifest: is not a JSON object"]
    return told, [*_addresses(told), *_webhook(told), *_flags(told), *_rights(told)]


def name_problems(name: str, taken: frozenset[str]) -> list[str]:
    """Return what is wrong with the name of an App, where others are taken by their slugs."""
    if not slug_of(name):
        return ["name: can't be blank"]
    if len(name) > _LONGEST_NAME:
        return [f"name: is too long (maximum is {_LONGEST_NAME} characters)"]
    return ["name: is already taken"] if slug_of(name) in taken else []


def slug_of(name: str) -> str:
    """Return an App's name as addresses have it."""
    words = "".join(each if each.isascii() and each.isalnum() else " " for each in name.lower())
    return "-".join(words.split())


def _addresses(told: Payload) -> list[str]:
    found = [] if told.get("url") else ["url: can't be blank"]
    single = [name for name in ("url", "redirect_url", "setup_url") if told.get(name)]
    found += [f"{name}: must be a valid URL" for name in single if not _is_address(told[name])]
    callbacks = told.get("callback_urls", [])
    if not isinstance(callbacks, list) or len(callbacks) > _MOST_CALLBACKS:
        return [*found, f"callback_urls: must be a list of at most {_MOST_CALLBACKS} URLs"]
    return found + [
        f"callback_urls: {each!r} must be a valid URL"
        for each in callbacks
        if not _is_address(each)
    ]


def _webhook(told: Payload) -> list[str]:
    hook = told.get("hook_attributes")
    if hook is None:
        return []
    if not isinstance(hook, dict):
        return ["hook_attributes: must be an object"]
    found = [] if _is_address(hook.get("url")) else ["hook_attributes.url: must be a valid URL"]
    if not isinstance(hook.get("active", True), bool):
        found.append("hook_attributes.active: must be a boolean")
    return found


def _flags(told: Payload) -> list[str]:
    names = ("public", "request_oauth_on_install", "setup_on_update")
    found = [
        f"{name}: must be a boolean"
        for name in names
        if not isinstance(told.get(name, False), bool)
    ]
    if told.get("setup_url") and told.get("request_oauth_on_install"):
        found.append("setup_url: can't be set where authorization is requested during installation")
    return found


def _rights(told: Payload) -> list[str]:
    permissions, events = told.get("default_permissions", {}), told.get("default_events", [])
    if not isinstance(permissions, dict):
        return ["default_permissions: must be an object"]
    if not isinstance(events, list):
        return ["default_events: must be a list"]
    found = [
        f"default_permissions.{name}: is not a permission"
        for name in permissions
        if name not in PERMISSIONS
    ]
    found += [
        f"default_permissions.{name}: {level!r} is none of {', '.join(_LEVELS)}"
        for name, level in permissions.items()
        if level not in _LEVELS
    ]
    granted = {*permissions, "metadata"}
    return found + [
        f"default_events: {event} is not supported by the permissions"
        for event in events
        if not granted.intersection(EVENTS.get(str(event), ()))
    ]


def _is_address(value: object) -> bool:
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
    except ValueError:
        return False
    return parts is not None and parts.scheme in _WEB and bool(parts.hostname)
