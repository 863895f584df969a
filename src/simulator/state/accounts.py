"""Who acts: people, Copilot, GitHub's own bots and the App that is being run."""

from simulator.payloads import (
    APP_ID,
    COPILOT_AGENT_ID,
    Payload,
    a_user,
    an_app,
    an_organization,
    copilot_agent,
    copilot_reviewer,
)

OWNER = a_user("ada-bright")
ACTING_USER = a_user("mona-maintains")
REVIEWER = a_user("ravi-reviews")
PEOPLE = (OWNER, ACTING_USER, REVIEWER)
VISITOR = a_user("vic-visits")

COPILOT = copilot_agent()
COPILOT_REVIEWER = copilot_reviewer()
GITHUB_ACTIONS = an_app()

APP_SLUG = "copilot-orchestrator"
CLIENT_ID = "Iv23liEXAMPLE0000000"
APP_BOT = a_user(f"{APP_SLUG}[bot]", type="Bot", html_url=f"https://github.com/apps/{APP_SLUG}")

_AGENT_LOGINS = {"copilot", "copilot-swe-agent", "copilot-swe-agent[bot]"}
_REVIEWER_LOGINS = {"copilot-pull-request-reviewer", "copilot-pull-request-reviewer[bot]"}
_KNOWN = {user["login"].lower(): user for user in (*PEOPLE, VISITOR, APP_BOT)}


def may_write(user: Payload) -> bool:
    """Whether someone has write access to the repositories: people do, bots and visitors not."""
    return any(user["id"] == person["id"] for person in PEOPLE)


def is_copilot(user: Payload) -> bool:
    """Whether someone is the coding agent."""
    return bool(user["id"] == COPILOT_AGENT_ID)


def account_named(login: str) -> Payload | None:
    """Return who is meant by a login, in any of the forms that GitHub takes for Copilot."""
    name = login.lower()
    if name in _AGENT_LOGINS:
        return COPILOT
    return COPILOT_REVIEWER if name in _REVIEWER_LOGINS else _KNOWN.get(name)


def the_app() -> Payload:
    """Build the App that is being run, as ``GET /app`` and comments show it."""
    return an_app(
        id=APP_ID,
        client_id=CLIENT_ID,
        slug=APP_SLUG,
        name="Copilot Workflow Orchestrator",
        owner=an_organization("orbit-works"),
        description="Conducts Copilot through a queue of issues",
        html_url=f"https://github.com/apps/{APP_SLUG}",
    )
