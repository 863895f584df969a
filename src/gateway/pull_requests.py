"""Taking pull requests out of draft and merging them."""

from events.github.node import Node
from gateway.calls import Caller
from gateway.paths import repository_path
from gateway.reads import Reads
from gateway.reply import Request
from gateway.who import AsUser, as_app_in
from reactions.ports.answers import Answer, MergeMethod, Repository

_MARK_READY = """\
mutation($id: ID!) {
  markPullRequestReadyForReview(input: {pullRequestId: $id}) { pullRequest { isDraft } }
}"""
_OK = 200


class PullRequests(Caller):
    """What is done to a pull request."""

    async def mark_ready(self, repo: Repository, number: int) -> Answer:
        """Take a pull request out of draft as the acting user; it may be out already."""
        pull_request = await Reads(self._calls).pull_request(repo, number)
        if not pull_request.draft:
            return Answer(_OK)
        reply = await self._calls.graphql(AsUser(), _MARK_READY, {"id": pull_request.node_id})
        if reply.read(_is_draft):
            raise reply.refused("GitHub left the pull request in draft")
        return reply.answer()

    async def merge(
        self, repo: Repository, number: int, head_sha: str, method: MergeMethod
    ) -> Answer:
        """Merge a pull request whose head is ``head_sha``; the answer has ``sha``."""
        path = repository_path(repo, "pulls", number, "merge")
        body = {"sha": head_sha, "merge_method": method}
        reply = await self._calls.send(as_app_in(repo), Request("PUT", path, json=body))
        if not reply.node.flag("merged"):
            raise reply.refused("GitHub did not merge the pull request")
        return reply.answer(sha=reply.read(lambda node: node.need_name("sha")))


def _is_draft(node: Node) -> bool:
    changed = node.need_node("data").need_node("markPullRequestReadyForReview")
    return changed.need_node("pullRequest").need_flag("isDraft")
