"""What blocks issues."""

from abc import abstractmethod
from typing import Self

from simulator.payloads import Payload
from simulator.state.refusals import require
from simulator.state.repository import RepositoryState
from simulator.state.subject import Subject


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
