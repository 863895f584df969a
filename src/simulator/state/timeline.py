"""What the timeline of an issue or a pull request tells, much of which no webhook does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from simulator.payloads import Payload, a_user

COPILOT_WORKS = "copilot_work_started"
COPILOT_IS_DONE = "copilot_work_finished"
COPILOT_FAILED = "copilot_work_finished_failure"

_ANONYMOUS = {"cross-referenced", "reviewed"}  # they have no id of the event's own
_OF_ACTIONS: Mapping[str, str] = {
    **{
        action: action
        for action in (
            "assigned",
            "unassigned",
            "labeled",
            "unlabeled",
            "closed",
            "reopened",
            "review_requested",
            "ready_for_review",
        )
    },
    "converted_to_draft": "convert_to_draft",
    "transferred": "transferred",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEvent:
    """One thing that happened; ``source`` builds, as of now, the issue that referred to this."""

    id: int
    event: str
    by: Payload
    at: str
    more: Payload = field(default_factory=dict)
    source: Callable[[], Payload] | None = None

    def snapshot(self, url: str) -> Payload:
        """Return it as the list shows it."""
        told: Payload = {
            "id": self.id,
            "node_id": f"TE_{self.id}",
            "url": f"{url}/events/{self.id}",
            "actor": self.by,
            "event": self.event,
            "commit_id": None,
            "commit_url": None,
            "created_at": self.at,
            "performed_via_github_app": None,
            **self.more,
        }
        if self.event in _ANONYMOUS:
            told = {key: told[key] for key in ("actor", "event", "created_at")} | self.more
        if self.source is not None:
            told |= {"updated_at": self.at, "source": {"type": "issue", "issue": self.source()}}
        return told


def event_of(action: str) -> str | None:
    """Return how the timeline names what a delivery's action tells, if it shows it."""
    return _OF_ACTIONS.get(action)


def via_copilot(slug: str = "copilot-swe-agent") -> Payload:
    """Return what tells whose work it was: the agent's, or the reviewer's under its own slug."""
    bot = a_user(slug, type="Bot")
    app = {"id": bot["id"], "slug": slug, "name": slug, "node_id": bot["node_id"]}
    return {"performed_via_github_app": app}
