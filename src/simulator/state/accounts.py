"""Who acts: people, Copilot, GitHub's own bots and the App that is being run."""

from simulator.payloads import (
    COPILOT_AGENT_ID,
    COPILOT_REVIEWER_ID,
    Payload,
    a_bot,
    a_ghost,
    a_user,
    an_app,
    copilot_agent,
    copilot_reviewer,
)

ORGANIZATION = "orbit-works"
OWNER = a_user("ada-bright")
ACTING_USER = a_user("mona-maintains")
REVIEWER = a_user("ravi-reviews")
PEOPLE = (OWNER, ACTING_USER, REVIEWER)  # they may write; the first owns the organisation
READER = a_user("rita-reads")  # a collaborator who may only read
MEMBER = a_user("miles-member")  # of the organisation, without access
VISITOR = a_user("vic-visits")
BOT = a_bot()
GHOST = a_ghost()

COPILOT = copilot_agent()
COPILOT_REVIEWER = copilot_reviewer()
GITHUB_ACTIONS = an_app()

APP_SLUG = "copilot-orchestrator"
CLIENT_ID = "Iv23liEXAMPLE0000000"
APP_BOT = a_user(f"{APP_SLUG}[bot]", type="Bot", html_url=f"https://github.com/apps/{APP_SLUG}")

KNOWN = {
    **{user["login"].lower(): user for user in (*PEOPLE, READER, MEMBER, VISITOR, BOT, APP_BOT)},
    **dict.fromkeys(("copilot", "copilot-swe-agent", "copilot-swe-agent[bot]"), COPILOT),
    **dict.fromkeys(
        ("copilot-pull-request-reviewer", "copilot-pull-request-reviewer[bot]"), COPILOT_REVIEWER
    ),
}


def is_copilot(user: Payload) -> bool:
    """Whether someone is the coding agent."""
    return bool(user["id"] == COPILOT_AGENT_ID)


def is_copilot_reviewer(user: Payload) -> bool:
    """Whether someone is Copilot as a reviewer."""
    return bool(user["id"] == COPILOT_REVIEWER_ID)
