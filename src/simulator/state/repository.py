"""A repository as payloads embed it: its branches, files and labels, and how it is told of."""

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.payloads import ZEROS, Payload, a_label, a_push, a_repository, a_sha
from simulator.payloads.installations import an_installation_stub
from simulator.plan import Role
from simulator.state.access import Access
from simulator.state.accounts import OWNER
from simulator.state.checks import Checks
from simulator.state.happenings import Happenings
from simulator.state.refusals import NotFound
from simulator.state.tasks import Task, a_task_id


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: its message, its author and the text of every file by path.

    ``parent`` is known of those that changed files, as whoever wrote them said.
    """

    sha: str
    message: str
    author: Payload
    files: Mapping[str, str]
    parent: str | None = None


class RepositoryState:
    """A repository; issues and pull requests share its numbers.

    ``access`` says what everyone may do in it; without ``installation_id`` the App does not reach
    it, and hears nothing of it. A ruleset asks for ``required_checks`` and
    ``required_approvals`` on the default branch; whether Copilot's approvals are among them is a
    setting of its own. Where it is ``left_to_copilot``, people leave reviews and merges alone.
    ``tasks`` are those of agents, which are kept and told where GitHub
    ``tells_tasks``.
    """

    def __init__(self, happenings: Happenings, full_name: str) -> None:
        made = a_repository(full_name)
        self.happenings = happenings
        self.clock = happenings.clock
        self.full_name = full_name
        self.id: int = made["id"]
        self.node_id: str = made["node_id"]
        self.installation_id: int | None = happenings.installation_id
        owner = full_name.partition("/")[0]
        self.access = Access(happenings.directory, self.id, owner)
        if happenings.directory.person(owner):
            self.access.roles.clear()  # only an organisation's people have usual roles
        self.default_branch: str = made["default_branch"]
        self.updated_at = self.pushed_at = self.clock.stamp()
        self.subjects: list[object] = []
        self.labels: dict[str, Payload] = {}
        self.checks = Checks()
        self.commit_comments: list[Payload] = []
        self.required_checks: tuple[str, ...] = ()
        self.required_approvals = 0
        self.copilot_approvals_count = False
        self.left_to_copilot = False
        self.tells_tasks = False
        self.tasks: list[Task] = []
        first = Commit(a_sha("base", self.id), "Begin", OWNER, {})
        self.commits = {first.sha: first}
        self.branches = {self.default_branch: first.sha}
        self._built: tuple[object, Payload] = (None, {})

    def snapshot(self) -> Payload:
        """Return the repository as it is now, for others to embed but not to change.

        It is in every payload several times, so it is only built when it has changed.
        """
        now = (
            *(self.full_name, self.updated_at, self.pushed_at),
            *(self.access.private, self.default_branch),
        )
        if self._built[0] != now:
            self._built = (now, self._fresh_snapshot())
        return self._built[1]

    def number(self, subject: object) -> int:
        """Take in an issue or a pull request under the next number."""
        self.subjects.append(subject)
        return len(self.subjects)

    def label_named(self, name: str) -> Payload:
        """Return a label of this repository in any case, made when it is first mentioned."""
        key = name.casefold()
        if key not in self.labels:
            self.labels[key] = a_label(name, self.snapshot())
        return self.labels[key]

    def commit_at(self, ref: str) -> Commit:
        """Return the commit of a branch or of a SHA, or refuse."""
        name = ref.removeprefix("refs/").removeprefix("heads/")
        commit = self.commits.get(self.branches.get(name, ref))
        if commit is None:
            raise NotFound(f"No commit found for the ref {ref}")
        return commit

    def push(self, branch: str, commit: Commit, by: Payload) -> None:
        """Move a branch onto a new commit."""
        before = self.branches.get(branch, ZEROS)
        self.commits[commit.sha] = commit
        self.branches[branch] = commit.sha
        self._tell_push(branch, before, commit, by)

    def delete_branch(self, branch: str, by: Payload) -> None:
        """Delete a branch."""
        sha = self.branches.pop(branch)
        self._tell_push(branch, sha, Commit(ZEROS, "", by, {}), by)

    def begin_task(self, name: str, by: Payload) -> Task | None:
        """Note that an agent was set to work, where GitHub tells of it."""
        if not self.tells_tasks:
            return None
        now = self.clock.written()
        task = Task(
            id=a_task_id(self.id, len(self.tasks)),
            name=name,
            repository=self.full_name,
            repository_id=self.id,
            owner_id=self.snapshot()["owner"]["id"],
            creator_id=by["id"],
            created_at=now,
            updated_at=now,
        )
        self.tasks.append(task)
        return task

    def create_branch(self, branch: str, sha: str, by: Payload) -> None:
        """Let a new branch begin at a commit that is there."""
        commit = self.commits[sha]
        self.branches[branch] = sha
        self.tell("create", None, by=by, about=f" {branch}", ref=branch)
        self._tell_push(branch, ZEROS, commit, by)

    def write_file(
        self, path: str, text: str, by: Payload = OWNER, *, branch: str = "", message: str = ""
    ) -> Commit:
        """Commit a file to a branch, by default to the default one."""
        branch = branch or self.default_branch
        before = self.commit_at(branch)
        sha = a_sha("file", before.sha, path, text)
        said = message or f"{'Change' if path in before.files else 'Add'} {path}"
        commit = Commit(sha, said, by, {**before.files, path: text}, before.sha)
        self.push(branch, commit, by)
        return commit

    def commits_between(self, base: str, head: str) -> list[Commit]:
        """Return the commits of a branch that another does not have, the oldest first."""
        known, commit = self._history(base), self.commit_at(head)
        found: list[Commit] = []
        while commit.sha not in known:
            found.insert(0, commit)
            if commit.parent is None:
                break
            commit = self.commits[commit.parent]
        return found

    def grant(self, user: Payload, role: Role, by: Payload = OWNER) -> None:
        """Let someone do more or less than before; the role ``none`` takes it all away."""
        roles, had = self.access.roles, self.access.roles.get(user["id"], "none")
        if role == had:
            return
        self.happenings.directory.know(user)
        self.clock.stamp()
        roles[user["id"]] = role
        if role == "none":
            del roles[user["id"]]
            self.tell("member", "removed", by=by, about="", member=user)
        elif had == "none":
            changes = {"permission": {"to": role}, "role_name": {"to": role}}
            self.tell("member", "added", by=by, about="", member=user, changes=changes)
        else:
            changed = {"old_permission": {"from": had}, "permission": {"from": had, "to": role}}
            self.tell("member", "edited", by=by, about="", member=user, changes=changed)

    def publish(self, *, private: bool = False, by: Payload = OWNER) -> None:
        """Let everyone read it, or with ``private`` only those whose role lets them."""
        self.access.private = private
        self.updated_at = self.clock.stamp()
        self.tell("repository", "privatized" if private else "publicized", by=by, about="")

    def tell(
        self, event: str, action: str | None, *, by: Payload, about: str, **body: object
    ) -> None:
        """Tell of something in this repository."""
        self.happenings.tell(
            event,
            action,
            about=f"{self.full_name}{about}",
            repository=self.snapshot(),
            installation=self._installation(),
            sender=by,
            **body,
        )

    def _history(self, branch: str) -> set[str]:
        """Return the SHAs of a branch, as far back as parents are known."""
        sha: str | None = self.branches[branch]
        known: set[str] = set()
        while sha is not None:
            known.add(sha)
            sha = self.commits[sha].parent
        return known

    def _installation(self) -> Payload | None:
        return None if self.installation_id is None else an_installation_stub(self.installation_id)

    def _tell_push(self, branch: str, before: str, commit: Commit, by: Payload) -> None:
        self.pushed_at = self.clock.stamp()
        if branch == self.default_branch:
            self.updated_at = self.pushed_at
        push = a_push(
            f"refs/heads/{branch}",
            repository=self.snapshot(),
            before=before,
            after=commit.sha,
            pusher={"name": by["login"], "email": f"{by['id']}@example.com"},
        )
        told = self._told_commit(before, commit)
        push["commits"] = [each | told for each in push["commits"]]
        push["head_commit"] = push["commits"][-1] if push["commits"] else None
        self.tell("push", None, by=by, about=f" {branch}", push=push, subject=commit)

    def _told_commit(self, before: str, commit: Commit) -> Payload:
        old = self.commits[before].files if before in self.commits else {}
        changed = [path for path, text in commit.files.items() if old.get(path, text) != text]
        person = {"name": commit.author["login"], "email": f"{commit.author['id']}@example.com"}
        return {
            "message": commit.message,
            "timestamp": self.pushed_at,
            "author": person,
            "committer": person,
            "added": [path for path in commit.files if path not in old],
            "removed": [],
            "modified": changed or ([] if commit.files.keys() - old.keys() else ["rocket/link.py"]),
        }

    def _fresh_snapshot(self) -> Payload:
        return a_repository(
            self.full_name,
            owner=self.happenings.directory.account(self.access.owner),
            id=self.id,
            node_id=self.node_id,
            default_branch=self.default_branch,
            updated_at=self.updated_at,
            pushed_at=self.pushed_at,
            private=self.access.private,
            visibility="private" if self.access.private else "public",
        )
