"""What GitHub lets somebody do in a repository, in four words of ours."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Literal, TypeAlias, get_args


class Role(IntEnum):
    """What a person may do with a repository here; each may what those before it may.

    VIEWER reads; OPERATOR commands issues, the queue and pauses; MAINTAINER also sets the mode, the
    policy and the order of acting users; ADMINISTRATOR everything.
    """

    NONE = 0
    VIEWER = 1
    OPERATOR = 2
    MAINTAINER = 3
    ADMINISTRATOR = 4

    @property
    def word(self) -> "RoleWord":
        """The role as people and the API call it."""
        return ROLE_WORDS[self]


RoleWord: TypeAlias = Literal["none", "viewer", "operator", "maintainer", "administrator"]
ROLE_WORDS: tuple[RoleWord, ...] = get_args(RoleWord)

# GitHub's words (REST, `permissions` of a repository), the strongest first.
_PERMISSIONS = (
    ("admin", Role.MAINTAINER),
    ("maintain", Role.MAINTAINER),
    ("push", Role.OPERATOR),
    ("triage", Role.VIEWER),
    ("pull", Role.VIEWER),
)
# Of the permission API (`role_name` and `permission`); roles of an organisation's own have names
# of its own, so that the older word beside them counts.
_NAMES: Mapping[str, Role] = {
    "admin": Role.MAINTAINER,
    "maintain": Role.MAINTAINER,
    "write": Role.OPERATOR,
    "triage": Role.VIEWER,
    "read": Role.VIEWER,
}


def role_of_permissions(permissions: Mapping[str, object]) -> Role:
    """Read the flags beside a repository that a person's token lists."""
    return next((role for name, role in _PERMISSIONS if permissions.get(name) is True), Role.NONE)


def role_of_name(name: str) -> Role:
    """Read a permission or a role by name; one that is not GitHub's own gives nothing."""
    return _NAMES.get(name, Role.NONE)
