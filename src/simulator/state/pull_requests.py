"""Pull requests and what happens to them."""

from simulator.payloads import Payload, a_sha
from simulator.state.issues import Issue
from simulator.state.keywords import closed_by
from simulator.state.refusals import HeadMoved, NotMergeable, require
from simulator.state.repository import Commit
from simulator.state.reviews import Reviewed
from simulator.state.rules import Ruled


class PullRequest(Reviewed):
    """A pull request; it closes the issues that its body names after a keyword."""

    def link(self, issue: Issue, by: Payload) -> None:
        """Link an issue by hand, of which only timelines tell, and not what was linked."""
        if issue not in self.linked:
            self.linked.append(issue)
            for each in (self, issue):
                each.note("connected", by)

    def unlink(self, issue: Issue, by: Payload) -> None:
        """Take a link by hand away."""
        if issue in self.linked:
            self.linked.remove(issue)
            for each in (self, issue):
                each.note("disconnected", by)

    def edit(self, by: Payload, *, title: str | None = None, body: str | None = None) -> None:
        """Give it another title, another body or both."""
        self.changes()
        old = {"title": (self.title, title), "body": (self.body, body)}
        self.title, self.body = title or self.title, self.body if body is None else body
        changes = {
            name: {"from": was} for name, (was, new) in old.items() if new not in (None, was)
        }
        self.refer(body, by)
        self.tell("edited", by, changes=changes)

    def push(self, message: str, by: Payload) -> str:
        """Push a new commit; return its SHA."""
        require(self.is_open, f"#{self.number} is not open")
        before = self.head_sha
        commit = self.add_commit(message, by)
        self.changes()
        self.push_head(commit, by)
        self.tell("synchronize", by, before=before, after=commit.sha)
        return commit.sha

    def take(self, commit: Commit, by: Payload) -> None:
        """Take in a commit that was pushed to its branch."""
        before = self.head_sha
        self.commits.append(commit)
        self.pushed_by = by
        self.changes()
        self.tell("synchronize", by, before=before, after=commit.sha)

    def push_head(self, commit: Commit, by: Payload) -> None:
        """Move its branch, which in a fork nobody here is told of."""
        if self.fork is None:
            self.repository.push(self.head_ref, commit, by)
        else:
            self.repository.commits[commit.sha] = commit

    def mark_ready(self, by: Payload) -> None:
        """Say that it is no draft any more; nothing happens to one that is none."""
        require(self.is_open, f"#{self.number} is not open")
        if self.draft:
            self.changes()
            self.draft = False
            self.tell("ready_for_review", by)

    def convert_to_draft(self, by: Payload) -> None:
        """Make it a draft again; nothing happens to one that is one."""
        require(self.is_open, f"#{self.number} is not open")
        if not self.draft:
            self.changes()
            self.draft = True
            self.tell("converted_to_draft", by)

    def close(self, by: Payload) -> None:
        """Close it without merging."""
        require(self.is_open, f"#{self.number} is not open")
        self.closed_at = self.changes()
        self.state = "closed"
        self.tell("closed", by)

    def reopen(self, by: Payload) -> None:
        """Open it again."""
        require(not self.is_open and not self.merged, f"#{self.number} is open or merged")
        self.changes()
        self.state, self.closed_at = "open", None
        self.tell("reopened", by)

    def merge(self, by: Payload, *, sha: str | None = None) -> str:
        """Merge it, which closes its issues where it targets the default branch; return the SHA.

        Refused when it is a draft, not open, in conflict or short of what is required, and when
        its head is not ``sha``.
        """
        if sha is not None and sha != self.head_sha:
            raise HeadMoved("Head branch was modified. Review and try the merge again.")
        self._require_mergeable()
        self.merge_commit_sha = a_sha("merge", self.repository.id, self.head_ref)
        merged = Commit(self.merge_commit_sha, self.title, by, self._merged_files())
        self.closed_at = self.merged_at = self.changes()
        self.state, self.merged_by = "closed", by
        self.repository.push(self.base_ref, merged, by)
        self.tell("closed", by)
        lands = self.base_ref == self.repository.default_branch
        for issue in self.closing_issues():
            if lands and issue.is_open:
                issue.close("completed", by)
        return self.merge_commit_sha

    def closing_issues(self) -> list[Issue]:
        """Return the issues that it closes in GitHub's own word, ``closingIssuesReferences``.

        A keyword counts only where it targets the default branch, a link by hand everywhere.
        """
        named = closed_by(self.body, self.repository.full_name)
        if self.base_ref != self.repository.default_branch:
            named = set()
        issues = [each for each in self.repository.subjects if isinstance(each, Issue)]
        return [each for each in issues if each.number in named or each in self.linked]

    def obstacles(self) -> list[str]:
        """Return what the rules of its base branch still ask for, in GitHub's words."""
        rules = self.repository
        if self.base_ref != rules.default_branch or not isinstance(rules, Ruled):
            return []
        said = [
            rules.checks.objection(self.head_sha, each.name, each.app_id)
            for each in rules.required()
        ]
        asked = [each for each in said if each is not None]
        if self.is_refused and rules.required_approvals:
            asked.append("Changes were requested.")
        if (short := rules.required_approvals - self.approvals) > 0:
            asked.append(f"At least {short} approving review is required by reviewers.")
        return asked

    def _require_mergeable(self) -> None:
        if self.draft:
            raise NotMergeable("Pull Request is still a draft")
        if not self.is_open or self.conflicts:
            raise NotMergeable("Pull Request is not mergeable")
        if obstacles := self.obstacles():
            raise NotMergeable(" ".join(["Repository rule violations found", *obstacles]))

    def _merged_files(self) -> dict[str, str]:
        base = self.repository.commit_at(self.base_ref).files
        made = {f"rocket/issue_{self.counted_as}.py": f"# {self.title}\n"}
        return {**base, **(self._written_files() or made)}

    def _written_files(self) -> dict[str, str]:
        """Return the files that its commits are known to have written."""
        start = self.commits[0].parent
        if start is None:
            return {}
        had, has = self.repository.commits[start].files, self.commits[-1].files
        return {path: text for path, text in has.items() if had.get(path) != text}
