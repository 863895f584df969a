"""By what GitHub's people and labels are known, whatever they are called."""

COPILOT_AGENT_ID = 198982749
COPILOT_REVIEWER_ID = 175728472


def is_copilot_agent(user_id: int | None) -> bool:
    """Say whether a user is the Copilot coding agent."""
    return user_id == COPILOT_AGENT_ID


def is_copilot_reviewer(user_id: int | None) -> bool:
    """Say whether a user is Copilot as a reviewer, who comments but never approves."""
    return user_id == COPILOT_REVIEWER_ID


def label_key(name: str) -> str:
    """Return what labels are compared by; two names with the same key are one label."""
    return name.casefold()
