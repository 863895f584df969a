"""By what GitHub's people and labels are known, whatever they are called."""

COPILOT_AGENT_ID = 198982749
COPILOT_REVIEWER_ID = 175728472


def is_copilot_reviewer(user_id: int | None) -> bool:
    """Say whether a user is Copilot as a reviewer, who comments but never approves."""
    return user_id == COPILOT_REVIEWER_ID


def label_key(name: str) -> str:
    """Return what labels are compared by; two names with the same key are one label."""
    return name.casefold()


MAX_CHECK_NAME = 100  # characters; GitHub Actions cuts a job's name there
_CUT = "..."


def check_name(name: str) -> str:
    """Return the name of a check as GitHub shows it: cut where it is over-long.

    So two jobs of a matrix may bear one name.
    """
    if len(name) <= MAX_CHECK_NAME:
        return name
    return name[: MAX_CHECK_NAME - len(_CUT)] + _CUT


def is_agents_own_run(event: str | None, path: str | None, name: str | None) -> bool:
    """Say whether a GitHub Actions run is an agent at work, and none of the repository's checks.

    GitHub runs its own things as ``dynamic``: Copilot at ``dynamic/copilot-swe-agent/copilot``, its
    reviewer at ``dynamic/copilot-pull-request-reviewer/…``, other agents below ``dynamic/agents/``;
    but code scanning, too, which checks the code. Where no path is told, the name does.
    """
    if event != "dynamic":
        return False
    if path is not None and path.startswith(_DYNAMIC):
        return path.startswith(_AGENTS)
    return "copilot" in (name or "").casefold()


_DYNAMIC = "dynamic/"
_AGENTS = ("dynamic/copilot", "dynamic/agents/")
