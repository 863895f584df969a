"""Agent Merge, which GitHub tells and lets change people and no App: a preview."""

from gateway.calls import Caller, repository_path
from gateway.reply import Reply, Request
from gateway.sessions import PREVIEW_VERSION
from reactions.ports.answers import Answer, Repository


class AgentMerge(Caller):
    """What is asked and changed as a person, in the API's version that knows of it.

    Raises NotFound, Forbidden or Refused where GitHub knows no such thing, or not for that person.
    """

    async def agent_merge(self, repo: Repository, number: int) -> bool | None:
        """Say whether it is on for a pull request; None: the answer is none that we understand."""
        return (await self._agent_merge("GET", repo, number)).node.flag("enabled")

    async def enable_agent_merge(self, repo: Repository, number: int) -> Answer:
        """Switch it on; raises Refused when GitHub does not show it to be on then."""
        return await self._switched("PUT", repo, number, on=True)

    async def disable_agent_merge(self, repo: Repository, number: int) -> Answer:
        """Switch it off; raises Refused when GitHub does not show it to be off then."""
        return await self._switched("DELETE", repo, number, on=False)

    async def _switched(self, method: str, repo: Repository, number: int, *, on: bool) -> Answer:
        reply = await self._agent_merge(method, repo, number)
        if await self.agent_merge(repo, number) is not on:
            raise reply.refused(f"GitHub did not switch Agent Merge {'on' if on else 'off'}")
        return reply.answer()

    async def _agent_merge(self, method: str, repo: Repository, number: int) -> Reply:
        path = f"/agents{repository_path(repo, 'pulls', number, 'agent-merge')}"
        version = {"X-GitHub-Api-Version": PREVIEW_VERSION}
        return await self._calls.send(self._calls.user, Request(method, path, headers=version))
