"""A pull request as payloads embed it."""

from abc import abstractmethod

from simulator.payloads import Payload, a_pull_request, a_sha
from simulator.state.issues import Issue
from simulator.state.repository import Commit, RepositoryState
from simulator.state.subject import Subject


class PullRequestState(Subject):
    """A pull request from a branch of the repository, or of a stranger's ``fork``.

    ``origin`` is the issue that it was opened for, if for one; ``round`` counts what Copilot was
    asked to do on it, from 1; before, its commit is empty. Whether it ``conflicts`` with its base
    GitHub knows from ``known_from``, in seconds since the start. With ``agent_merge`` Copilot mends
    it without being asked.
    """

    def __init__(  # noqa: PLR0913 (what a pull request cannot be without, and where it came from)
        self,
        repository: RepositoryState,
        title: str,
        body: str,
        author: Payload,
        branch: str,
        *,
        origin: Issue | None = None,
    ) -> None:
        super().__init__(repository, title, body, author)
        self.origin = origin
        self.asked_by: Payload | None = None
        self.fork: Payload | None = None
        self.linked: list[Issue] = []
        self.head_ref = branch
        self.base_ref = self.repository.default_branch
        self.draft = False
        self.conflicts = False
        self.known_from = 0.0
        self.agent_merge = False
        self.round = 0
        self.merged_at: str | None = None
        self.merged_by: Payload | None = None
        self.merge_commit_sha: str | None = None
        self.requested_reviewers: list[Payload] = []
        self.pushed_by = author
        self.commits: list[Commit] = []
        self.add_commit("Initial plan", author)

    @property
    def issue(self) -> Issue:
        """The issue that it was opened for; LookupError where it was for none."""
        if self.origin is None:
            raise LookupError(f"#{self.number} was opened for no issue")
        return self.origin

    @property
    def counted_as(self) -> int:
        """Under which number people count what they do: that of its issue, else its own."""
        return self.origin.number if self.origin else self.number

    @property
    def about(self) -> str:
        """What names it in stories: its branch, since two issues may race for a number."""
        return f" {self.head_ref}"

    @property
    def merged(self) -> bool:
        """Whether it was merged."""
        return self.merged_at is not None

    @property
    def head_sha(self) -> str:
        """The SHA of its newest commit."""
        return self.commits[-1].sha

    @property
    def mergeable(self) -> bool | None:
        """Whether it does not conflict with its base; None while GitHub does not know."""
        known = self.is_open and self.repository.clock.elapsed >= self.known_from
        return not self.conflicts if known else None

    @property
    def mergeable_state(self) -> str:
        """GitHub's summary of whether it can be merged."""
        if self.mergeable is None:
            return "unknown"
        if self.conflicts:
            return "dirty"
        if self.draft:
            return "draft"
        return "blocked" if self.obstacles() else self.repository.checks.health(self.head_sha)

    @abstractmethod
    def obstacles(self) -> list[str]:
        """Return what the rules of its base branch still ask for, in GitHub's words."""

    def add_commit(self, message: str, by: Payload) -> Commit:
        """Put another commit on top."""
        files = self.repository.commit_at(self.base_ref).files
        sha = a_sha("head", self.repository.id, self.head_ref, len(self.commits))
        self.commits.append(Commit(sha, message, by, files))
        self.pushed_by = by
        return self.commits[-1]

    def snapshot(self) -> Payload:
        """Return the pull request as it is now."""
        pull = a_pull_request(
            self.number,
            repository=self.repository.snapshot(),
            head_repository=self.fork,
            head_ref=self.head_ref,
            head_sha=self.head_sha,
            **self.common_fields(),
            draft=self.draft,
            merged=self.merged,
            merged_at=self.merged_at,
            merged_by=self.merged_by,
            mergeable=self.mergeable,
            mergeable_state=self.mergeable_state,
            requested_reviewers=self.requested_reviewers,
            assignee=self.assignees[0] if self.assignees else None,
            assignees=self.assignees,
            commits=len(self.commits),
        )
        pull["base"]["ref"] = self.base_ref
        pull["base"]["sha"] = self.repository.branches[self.base_ref]
        if self.merge_commit_sha:
            pull["merge_commit_sha"] = self.merge_commit_sha
        return pull

    def as_issue(self) -> Payload:
        """Return it as comments embed it: an issue that says it is a pull request."""
        pull = self.snapshot()
        links = {key: pull[key] for key in ("url", "html_url", "diff_url", "patch_url")}
        return self.issue_fields() | {
            "html_url": pull["html_url"],
            "draft": self.draft,
            "pull_request": links | {"merged_at": self.merged_at},
        }

    def tell(self, action: str, by: Payload, **more: object) -> None:
        """Tell of a change in a ``pull_request`` event."""
        self.note_action(action, by, more)
        self.repository.tell(
            "pull_request",
            action,
            by=by,
            about=self.about,
            subject=self,
            pull_request=self.snapshot(),
            **more,
        )
