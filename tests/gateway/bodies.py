"""GitHub's objects, as far as they are read."""

from typing import Any

from events.github.names import COPILOT_AGENT_ID, COPILOT_REVIEWER_ID

ANNA: dict[str, Any] = {"id": 11, "login": "anna", "type": "User"}
AGENT: dict[str, Any] = {"id": COPILOT_AGENT_ID, "login": "Copilot", "type": "Bot"}
REVIEWER: dict[str, Any] = {"id": COPILOT_REVIEWER_ID, "login": "Copilot", "type": "Bot"}


def an_issue(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 (any of the fields)
    return {
        "number": 7,
        "node_id": "I_7",
        "state": "open",
        "assignees": [ANNA],
        "labels": [{"id": 1, "name": "status:queued"}],
        **fields,
    }


def a_pull_request(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 (any of the fields)
    return {
        "number": 8,
        "node_id": "PR_8",
        "state": "open",
        "draft": True,
        "merged": False,
        "head": {"sha": "a" * 40, "ref": "copilot/mend"},
        "requested_reviewers": [ANNA, REVIEWER],
        **fields,
    }
