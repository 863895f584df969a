"""Comments and labels, of issues and pull requests alike."""

from events.github.labels import label_key
from gateway.calls import Caller
from gateway.paths import repository_path
from gateway.reads import Reads
from gateway.reply import Reply, Request
from gateway.who import AsUser, as_app_in
from reactions.ports.answers import Answer, Repository
from reactions.ports.failures import NotFound


class Issues(Caller):
    """What is done to an issue."""

    async def comment(self, repo: Repository, number: int, body: str, *, as_user: bool) -> Answer:
        """Comment on an issue or pull request; the answer has ``comment_id``."""
        who = AsUser() if as_user else as_app_in(repo)
        path = repository_path(repo, "issues", number, "comments")
        reply = await self._calls.post(who, path, {"body": body})
        return reply.answer(comment_id=reply.read(lambda node: node.need_integer("id")))

    async def add_label(self, repo: Repository, number: int, label: str) -> Answer:
        """Add a label; it may be there already."""
        path = repository_path(repo, "issues", number, "labels")
        reply = await self._calls.post(as_app_in(repo), path, {"labels": [label]})
        if label_key(label) not in _names(reply):
            raise reply.refused(f"GitHub did not add the label {label!r}")
        return reply.answer()

    async def remove_label(self, repo: Repository, number: int, label: str) -> Answer:
        """Remove a label; it may be absent."""
        path = repository_path(repo, "issues", number, "labels", label)
        try:
            return (await self._calls.send(as_app_in(repo), Request("DELETE", path))).answer()
        except NotFound as error:
            missing = error  # the label, or the issue
        issue = await Reads(self._calls).issue(repo, number)
        if label_key(label) in map(label_key, issue.labels):
            raise missing
        return Answer(404, missing.request_id)


def _names(reply: Reply) -> set[str]:
    labels = reply.json if isinstance(reply.json, list) else []
    names = (label.get("name") for label in labels if isinstance(label, dict))
    return {label_key(name) for name in names if isinstance(name, str)}
