"""A pull request as payloads embed it."""

from simulator.payloads import Payload, a_pull_request, a_sha, an_issue
from tests.worlds.issues import Issue
from tests.worlds.people import maintainer
from tests.worlds.possible import require
from tests.worlds.subject import Subject


class PullRequestState(Subject):
    """A pull request for an issue, from a branch of the repository or of a fork."""

    def __init__(self, issue: Issue, title: str, body: str, author: Payload, branch: str) -> None:
        require(not issue.gone, f"#{issue.number} was deleted or transferred")
        super().__init__(issue.repository, title, body, author)
        self.issue = issue
        self.head_ref = branch
        self.head_sha = self._next_sha(0)
        self.base_ref = self.repository.default_branch
        self.fork: Payload | None = None
        self.draft = False
        self.merged_at: str | None = None
        self.merged_by: Payload | None = None
        self.requested_reviewers: list[Payload] = []
        self.pushed_by = author
        self._pushes = 0

    @property
    def merged(self) -> bool:
        """Whether it was merged."""
        return self.merged_at is not None

    def edit(
        self, *, title: str | None = None, body: str | None = None, by: Payload = maintainer
    ) -> None:
        """Give it another title, another body or both."""
        self.changes()
        before = {"title": self.title, "body": self.body}
        self.title, self.body = title or self.title, body or self.body
        after = {"title": self.title, "body": self.body}
        changes = {name: {"from": old} for name, old in before.items() if after[name] != old}
        self.tell("edited", by, changes=changes)

    def new_commit(self, by: Payload) -> tuple[str, str]:
        """Move the head onto a new commit; return the SHA before and after."""
        self._pushes += 1
        before, self.head_sha = self.head_sha, self._next_sha(self._pushes)
        self.pushed_by = by
        return before, self.head_sha

    def snapshot(self) -> Payload:
        """Return the pull request as it is now."""
        pull = a_pull_request(
            self.number,
            repository=self.repository.snapshot(),
            head_repository=self.fork,
            head_ref=self.head_ref,
            head_sha=self.head_sha,
            **self._common(),
            draft=self.draft,
            merged=self.merged,
            merged_at=self.merged_at,
            merged_by=self.merged_by,
            mergeable_state="draft" if self.draft else "clean",
            requested_reviewers=self.requested_reviewers,
            labels=[self.label_named(name) for name in self.labels],
            assignee=self.assignees[0] if self.assignees else None,
            assignees=self.assignees,
        )
        pull["base"]["ref"] = self.base_ref
        return pull

    def as_issue(self) -> Payload:
        """Return it as comments embed it: an issue that says it is a pull request."""
        pull = self.snapshot()
        links = {key: pull[key] for key in ("url", "html_url", "diff_url", "patch_url")}
        return an_issue(
            self.number,
            repository=self.repository.snapshot(),
            labels=self.labels,
            assignees=self.assignees,
            html_url=pull["html_url"],
            draft=self.draft,
            pull_request=links | {"merged_at": self.merged_at},
            **self._common(),
        )

    def tell(self, action: str, by: Payload, **more: object) -> None:
        """Send a ``pull_request`` delivery."""
        self.repository.send("pull_request", action, by=by, pull_request=self.snapshot(), **more)

    def _common(self) -> Payload:
        return {
            "title": self.title,
            "body": self.body,
            "user": self.author,
            "state": self.state,
            "comments": self.comments,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "closed_at": self.closed_at,
        }

    def _next_sha(self, pushes: int) -> str:
        return a_sha("head", self.repository.id, self.number, pushes)
