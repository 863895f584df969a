"""Who Copilot is: its logins differ from endpoint to endpoint, its numeric ids do not."""

COPILOT_AGENT_ID = 198982749
COPILOT_REVIEWER_ID = 175728472


def is_copilot_agent(user_id: int | None) -> bool:
    """Say whether a user is the Copilot coding agent."""
    return user_id == COPILOT_AGENT_ID


def is_copilot_reviewer(user_id: int | None) -> bool:
    """Say whether a user is Copilot as a reviewer, who comments but never approves."""
    return user_id == COPILOT_REVIEWER_ID
