"""Issues, and what happens to them."""

from typing import Literal, TypeAlias

from simulator.payloads import Payload
from simulator.state.accounts import COPILOT
from simulator.state.refusals import require
from simulator.state.sub_issues import Parted

CloseReason: TypeAlias = Literal["completed", "not_planned", "duplicate"]


class Issue(Parted):
    """An issue; ``assigned_by`` is who last assigned it to an agent, ``agent`` with what wishes."""

    state_reason: str | None = None
    assigned_by: Payload | None = None
    agent: Payload | None = None

    def assign_copilot(self, by: Payload, agent: Payload | None = None) -> None:
        """Assign it to Copilot, who sees to it; not again while it is."""
        self.assign_agent(COPILOT, by, agent)

    def assign_agent(self, user: Payload, by: Payload, agent: Payload | None = None) -> None:
        """Assign it to an agent, who sees to it; not again while it is."""
        if user not in self.assignees:
            self.assigned_by, self.agent = by, agent or {}
            self.assign(user, by)

    def close(self, reason: CloseReason, by: Payload) -> None:
        """Close it."""
        require(self.is_open, f"#{self.number} is not open")
        self.closed_at = self.changes()
        self.state, self.state_reason = "closed", reason
        self.tell("closed", by)

    def reopen(self, by: Payload) -> None:
        """Open it again."""
        require(not self.is_open, f"#{self.number} is open")
        self.changes()
        self.state, self.state_reason, self.closed_at = "open", "reopened", None
        self.tell("reopened", by)

    def edit(self, by: Payload, *, title: str | None = None, body: str | None = None) -> None:
        """Give it another title, another body or both."""
        self.changes()
        old = {"title": (self.title, title), "body": (self.body, body)}
        self.title, self.body = title or self.title, self.body if body is None else body
        changes = {
            name: {"from": was} for name, (was, new) in old.items() if new not in (None, was)
        }
        self.tell("edited", by, changes=changes)

    def snapshot(self) -> Payload:
        """Return the issue as it is now."""
        return self.issue_fields() | {
            "state_reason": self.state_reason,
            "issue_dependencies_summary": self.dependencies_summary(),
            "sub_issues_summary": self.sub_issues_summary(),
        }

    def as_issue(self) -> Payload:
        """Return the issue as it is now."""
        return self.snapshot()

    def tell(self, action: str, by: Payload, **more: object) -> None:
        """Tell of a change in an ``issues`` event."""
        self.note_action(action, by, more)
        self.repository.tell(
            "issues",
            action,
            by=by,
            about=f"#{self.number}",
            subject=self,
            issue=self.snapshot(),
            **more,
        )
