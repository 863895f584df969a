"""Who acts: people, Copilot and another agent, GitHub's own bots and the App that is being run."""

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
    scribe_agent,
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
SCRIBE = scribe_agent()
GITHUB_ACTIONS = an_app()

APP_SLUG = "copilot-orchestrator"
CLIENT_ID = "Iv23liEXAMPLE0000000"
APP_BOT = a_user(f"{APP_SLUG}[bot]", type="Bot", html_url=f"https://github.com/apps/{APP_SLUG}")

KNOWN = {
    **{user["login"].lower(): user for user in (*PEOPLE, READER, MEMBER, VISITOR, BOT, APP_BOT)},
    **dict.fromkeys(("copilot", "copilot-swe-agent", "copilot-swe-agent[bot]"), COPILOT),
    **dict.fromkeys(("scribe", "scribe-agent", "scribe-agent[bot]"), SCRIBE),
    **dict.fromkeys(
        ("copilot-pull-request-reviewer", "copilot-pull-request-reviewer[bot]"), COPILOT_REVIEWER
    ),
}


AGENTS = {COPILOT["id"]: "copilot", SCRIBE["id"]: "scribe"}


def is_copilot(user: Payload) -> bool:
    """Whether someone is Copilot's coding agent."""
    return bool(user["id"] == COPILOT_AGENT_ID)


def is_agent(user: Payload) -> bool:
    """Whether someone is an agent that works on issues."""
    return user["id"] in AGENTS


def word_of(agent: Payload) -> str:
    """Return the word by which an agent is mentioned, and with which its branches begin."""
    return AGENTS[agent["id"]]


def is_copilot_reviewer(user: Payload) -> bool:
    """Whether someone is Copilot as a reviewer."""
    return bool(user["id"] == COPILOT_REVIEWER_ID)
