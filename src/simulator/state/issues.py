"""Issues, what happens to them and what blocks them."""

from abc import abstractmethod
from typing import Literal, Self, TypeAlias

from simulator.payloads import Payload
from simulator.state.accounts import COPILOT
from simulator.state.refusals import require
from simulator.state.repository import RepositoryState
from simulator.state.subject import Subject

CloseReason: TypeAlias = Literal["completed", "not_planned", "duplicate"]


class Dependent(Subject):
    """An issue that may wait for others, of its own repository or another one."""

    def __init__(
        self, repository: RepositoryState, title: str, body: str | None, author: Payload
    ) -> None:
        super().__init__(repository, title, body, author)
        self.blocked_by: list[Self] = []
        self.blocking: list[Self] = []

    @abstractmethod
    def snapshot(self) -> Payload:
        """Return the issue as it is now."""

    def block_by(self, other: Self, by: Payload) -> None:
        """Let this issue wait for another."""
        require(other is not self, f"#{self.number} cannot wait for itself")
        require(other not in self.blocked_by, f"#{self.number} waits for #{other.number} already")
        self.blocked_by.append(other)
        other.blocking.append(self)
        self._tell_both("added", other, by)

    def unblock(self, other: Self, by: Payload) -> None:
        """Let this issue wait for another no longer."""
        require(other in self.blocked_by, f"#{self.number} does not wait for #{other.number}")
        self.blocked_by.remove(other)
        other.blocking.remove(self)
        self._tell_both("removed", other, by)

    def dependencies_summary(self) -> Payload:
        """Return GitHub's counts: of the open ones, and of all."""
        return {
            "blocked_by": sum(other.is_open for other in self.blocked_by),
            "total_blocked_by": len(self.blocked_by),
            "blocking": sum(other.is_open for other in self.blocking),
            "total_blocking": len(self.blocking),
        }

    def _tell_both(self, change: str, other: Self, by: Payload) -> None:
        """Tell the repository of the blocked issue, then that of the blocking one."""
        other.updated_at = self.changes()
        ends = {"blocked": self.snapshot(), "blocking": other.snapshot()}
        for told, action, far in (
            (self, f"blocked_by_{change}", {"blocking_issue_repo": other.repository.snapshot()}),
            (other, f"blocking_{change}", {"blocked_issue_repo": self.repository.snapshot()}),
        ):
            told.repository.tell(
                "issue_dependencies",
                action,
                by=by,
                about=f"#{told.number}",
                subject=told,
                **ends,
                **far,
            )


class Issue(Dependent):
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
