"""Who acted: what kind of user a payload names, and what it hints at of their say.

A user that is gone is null, or GitHub's stand-in ``ghost`` (id 10137), which all of them share.
"""

from typing import Literal, TypeAlias

from events.github.agents import is_agent
from events.github.names import is_copilot_reviewer
from events.github.node import Node

ActorKind: TypeAlias = Literal["person", "bot", "copilot_agent", "copilot_reviewer", "ghost"]
# GitHub's ``author_association``; only a hint (docs: CommentAuthorAssociation).
Association: TypeAlias = str

GHOST_ID = 10137
_BOT_SUFFIX = "[bot]"


def kind_of(user: Node) -> ActorKind:
    """Return what kind of user an object describes; without an id it is nobody any more."""
    user_id = user.integer("id")
    if user_id is None or user_id == GHOST_ID:
        return "ghost"
    if is_agent(user_id):
        return "copilot_agent"
    if is_copilot_reviewer(user_id):
        return "copilot_reviewer"
    is_bot = user.name("type") == "Bot" or (user.name("login") or "").endswith(_BOT_SUFFIX)
    return "bot" if is_bot else "person"


def association_of(node: Node) -> Association | None:
    """Return what a review's or comment's author is to the repository, as GitHub hints."""
    return node.name("author_association", _LONGEST)


_LONGEST = 40
