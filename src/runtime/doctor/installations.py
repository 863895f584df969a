"""Judging where the App is installed, and what each owner has granted it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from events.github.node import FieldError, Node
from events.json_types import JsonObject
from runtime.doctor.app import lacking
from runtime.doctor.finding import (
    Finding,
    Reading,
    Unasked,
    Unread,
    at,
    not_read,
    ok,
    problem,
    warning,
)
from runtime.doctor.needs import Permission, missing_permissions

INSTALLATIONS = "installations"

_LONGEST_URL = 400
_ACCEPT = (
    "its owner must accept what the App asks for, under Settings, GitHub Apps; "
    "until then the old permissions hold"
)


@dataclass(frozen=True, slots=True)
class Installation:
    """One place where the App is installed; ``permissions`` are what its owner granted.

    ``html_url`` is its page at GitHub, where that is told.
    """

    id: int
    account: str
    suspended: bool
    permissions: Mapping[str, str]
    html_url: str = ""


def read_installation(listed: JsonObject) -> Installation | None:
    """Read an installation as GitHub lists it; None where it has no number."""
    node = Node(listed, "$")
    try:
        number = node.need_integer("id")
    except FieldError:
        return None
    granted = node.node("permissions").json.items()
    return Installation(
        id=number,
        account=node.node("account").name("login") or f"number {number}",
        suspended=node.json.get("suspended_at") is not None,
        permissions={name: level for name, level in granted if isinstance(level, str)},
        html_url=node.name("html_url", _LONGEST_URL) or "",
    )


def judge_installations(
    installations: Reading[Sequence[Installation]], asked: Mapping[str, str]
) -> Iterator[Finding]:
    """Say where the App is installed, and where it may do less than we need.

    ``asked`` are the permissions that the App asks of everyone; some owner may not have accepted.
    """
    if isinstance(installations, Unread | Unasked):
        yield not_read(INSTALLATIONS, installations, "try again")
    elif not installations:
        found = "the App is installed nowhere, so it hears of no repository"
        yield problem(INSTALLATIONS, found, "install it, from its page at GitHub")
    else:
        unasked = missing_permissions(asked)
        yield from (_judge(each, unasked) for each in installations)


def _judge(installation: Installation, unasked: Sequence[Permission]) -> Finding:
    account, way = installation.account, at(installation.html_url)
    if installation.suspended:
        found = "suspended: GitHub sends nothing and lets us do nothing"
        return problem(INSTALLATIONS, found, "unsuspend it, or uninstall it there", account, way)
    missing = missing_permissions(installation.permissions)
    required = tuple(each for each in missing if each.required)
    wanted = tuple(each for each in missing if each not in unasked)
    if required:
        return problem(INSTALLATIONS, f"missing: {lacking(required)}", _ACCEPT, account, way)
    if wanted:
        return warning(INSTALLATIONS, f"not there: {lacking(wanted)}", _ACCEPT, account, way)
    return ok(INSTALLATIONS, "grants all that is needed", account)
