"""A repository as payloads embed it, and how things in it are told."""

from simulator.payloads import Payload, a_push, a_repository, a_sha
from simulator.payloads.deliveries import DELIVERIES
from tests.worlds.people import maintainer
from tests.worlds.webhook import Webhook


class RepositoryState:
    """A repository; issues and pull requests share its numbers. A new name leaves its id."""

    def __init__(self, webhook: Webhook, full_name: str) -> None:
        made = a_repository(full_name)
        self.webhook = webhook
        self.full_name = full_name
        self.id: int = made["id"]
        self.default_branch: str = made["default_branch"]
        self.updated_at = self.pushed_at = webhook.clock.now
        self.subjects: list[object] = []
        self._node_id = made["node_id"]
        self._built: tuple[tuple[str, ...], Payload] = ((), {})
        self._tip = a_sha("base", self.id)

    def snapshot(self) -> Payload:
        """Return the repository as it is now, for others to embed but not to change.

        It is in every payload several times, so it is only built when it has changed.
        """
        now = (self.full_name, self.default_branch, self.updated_at, self.pushed_at)
        if self._built[0] != now:
            self._built = (now, self._fresh_snapshot())
        return self._built[1]

    def number(self, subject: object) -> int:
        """Take in an issue or a pull request under the next number."""
        self.subjects.append(subject)
        return len(self.subjects)

    def rename(self, name: str, by: Payload = maintainer) -> None:
        """Rename it within its owner."""
        owner, _, old = self.full_name.partition("/")
        self.webhook.clock.tick()
        self.full_name, self.updated_at = f"{owner}/{name}", self.webhook.clock.now
        self.send("repository", "renamed", by=by, changes={"repository": {"name": {"from": old}}})

    def push(
        self, branch: str, before: str, after: str, by: Payload, *, forced: bool = False
    ) -> None:
        """Move a branch, at the clock's time."""
        now = self.pushed_at = self.webhook.clock.now
        pusher = {"name": by["login"], "email": f"{by['id']}@example.com"}
        ref = f"refs/heads/{branch}"
        push = a_push(
            ref,
            repository=self.snapshot(),
            before=before,
            after=after,
            pusher=pusher,
            forced=forced,
        )
        for commit in (push["head_commit"], *push["commits"]):
            commit["timestamp"] = now
        self.send("push", by=by, push=push)

    def push_to_default_branch(self, after: str, by: Payload) -> None:
        """Put a commit onto the default branch, which changes the repository itself."""
        before, self._tip = self._tip, after
        self.updated_at = self.webhook.clock.now
        self.push(self.default_branch, before, after, by)

    def send(self, event: str, *action: str, by: Payload, **body: object) -> None:
        """Send a delivery about something in this repository."""
        payload = DELIVERIES[event](
            *action,
            repository=self.snapshot(),
            installation=self.webhook.installation,
            sender=by,
            **body,
        )
        self.webhook.send(event, payload)

    def _fresh_snapshot(self) -> Payload:
        return a_repository(
            self.full_name,
            id=self.id,
            node_id=self._node_id,
            default_branch=self.default_branch,
            updated_at=self.updated_at,
            pushed_at=self.pushed_at,
        )
