"""The hidden mark by which a comment of ours is told from all others."""

import re
from uuid import UUID

_MARK = re.compile(
    r"<!-- copilot-orchestrator:action=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) -->"
)


def mark_of(action_id: UUID) -> str:
    """Return an action's mark; people who read the comment do not see it."""
    return f"<!-- copilot-orchestrator:action={action_id} -->"


def marked_action(text: str) -> UUID | None:
    """Return whose mark a text carries, the last one's if it quotes others."""
    found = _MARK.findall(text)
    return UUID(found[-1]) if found else None
