"""Issues that are parts of others, in an order that people give them."""

from typing import Self

from simulator.payloads import Payload
from simulator.state.dependencies import Dependent
from simulator.state.refusals import require
from simulator.state.repository import RepositoryState

MOST_SUB_ISSUES = 100  # of one issue
_MOST_LEVELS = 8


class Parted(Dependent):
    """An issue that may have sub-issues, of its own repository or another one, and one parent."""

    def __init__(
        self, repository: RepositoryState, title: str, body: str | None, author: Payload
    ) -> None:
        super().__init__(repository, title, body, author)
        self.parent: Self | None = None
        self.sub_issues: list[Self] = []

    def add_sub_issue(self, part: Self, by: Payload, *, replace_parent: bool = False) -> None:
        """Make another issue the last part of this one."""
        require(part is not self, f"#{self.number} cannot be a part of itself")
        require(part not in self._upwards(), "Sub-issues may not form a cycle")
        require(part.parent is None or replace_parent, "Sub issue may only have one parent")
        require(len(self.sub_issues) < MOST_SUB_ISSUES, "Parent cannot have more sub-issues")
        levels = len(self._upwards()) + part.depth
        require(levels <= _MOST_LEVELS, f"Sub-issues may be {_MOST_LEVELS} levels deep")
        if part.parent is not None:
            part.parent.remove_sub_issue(part, by)
        self.sub_issues.append(part)
        part.parent = self
        self._tell_of_part("added", part, by)

    def remove_sub_issue(self, part: Self, by: Payload) -> None:
        """Let another issue be a part of this one no longer."""
        require(part in self.sub_issues, f"#{part.number} is no sub-issue of #{self.number}")
        self.sub_issues.remove(part)
        part.parent = None
        self._tell_of_part("removed", part, by)

    def place_sub_issue(self, part: Self, after: Self | None = None) -> None:
        """Put a part behind another one, or first: no delivery tells of it."""
        require(part in self.sub_issues, f"#{part.number} is no sub-issue of #{self.number}")
        require(after is None or after in self.sub_issues, "The other one is no sub-issue of it")
        self.sub_issues.remove(part)
        place = 0 if after is None else self.sub_issues.index(after) + 1
        self.sub_issues.insert(place, part)

    @property
    def depth(self) -> int:
        """How many levels of parts there are below it."""
        return max((1 + part.depth for part in self.sub_issues), default=0)

    def sub_issues_summary(self) -> Payload:
        """Return GitHub's counts: of all, and of those that are closed."""
        total = len(self.sub_issues)
        completed = sum(not part.is_open for part in self.sub_issues)
        percent = 100 * completed // total if total else 0
        return {"total": total, "completed": completed, "percent_completed": percent}

    def _upwards(self) -> list[Self]:
        """Return it and those that it is a part of, the nearest first."""
        found = [self]
        while (above := found[-1].parent) is not None:
            found.append(above)
        return found

    def _tell_of_part(self, change: str, part: Self, by: Payload) -> None:
        """Tell the repository of the parent, then that of the part."""
        part.updated_at = self.changes()
        ends = {"parent_issue": self.snapshot(), "sub_issue": part.snapshot()}
        ids = {f"{name}_id": issue["id"] for name, issue in ends.items()}
        for told, action, far in (
            (self, f"sub_issue_{change}", {"sub_issue_repo": part.repository.snapshot()}),
            (part, f"parent_issue_{change}", {"parent_issue_repo": self.repository.snapshot()}),
        ):
            told.repository.tell(
                "sub_issues",
                action,
                by=by,
                about=f"#{told.number}",
                subject=told,
                **ids,
                **ends,
                **far,
            )
