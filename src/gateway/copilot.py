"""Asking agents to work and Copilot to review, and whether they may be asked."""

from events.github.agents import COPILOT, Agent
from events.github.names import COPILOT_REVIEWER_ID
from events.github.node import Node
from events.json_types import JsonObject
from gateway.calls import Caller, repository_path
from gateway.credentials import Credential, as_app_in
from gateway.issues import user_ids
from gateway.reply import Request
from reactions.ports.answers import Answer, Assignment, Repository

_REVIEWER = "copilot-pull-request-reviewer[bot]"  # other spellings are ignored or refused

# GitHub lists agents first where they can be assigned.
_ASSIGNABLE = """\
query($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    suggestedActors(capabilities: [CAN_BE_ASSIGNED], first: 100) {
      nodes { ... on Bot { databaseId } }
    }
  }
}"""


class Copilot(Caller):
    """What concerns agents, and Copilot's reviewer, told apart by their numeric ids."""

    async def assign(self, repo: Repository, number: int, assignment: Assignment) -> Answer:
        """Assign an issue to an agent as the acting user; raises Refused when it is not listed."""
        agent = assignment.agent
        told: JsonObject = {"agent_assignment": _agent_assignment(repo, assignment)}
        body: JsonObject = {"assignees": [agent.login], **(told if agent.options else {})}
        path = repository_path(repo, "issues", number, "assignees")
        reply = await self._calls.post(self._calls.user, path, body)
        if agent.user_id not in user_ids(reply.node, "assignees"):
            raise reply.refused(
                f"GitHub did not assign {agent.title}: is {_what(agent)} enabled for this "
                "repository, and does the acting user have it?"
            )
        return reply.answer(assignee_id=agent.user_id)

    async def unassign(self, repo: Repository, number: int, agent: Agent) -> Answer:
        """Take an agent off an issue as the acting user; it may be off already."""
        path = repository_path(repo, "issues", number, "assignees")
        request = Request("DELETE", path, json={"assignees": [agent.login]})
        reply = await self._calls.send(self._calls.user, request)
        if agent.user_id in user_ids(reply.node, "assignees"):
            raise reply.refused(f"GitHub did not take {agent.title} off the issue")
        return reply.answer()

    async def request_copilot_review(self, repo: Repository, number: int) -> Answer:
        """Request a review by Copilot; raises Refused when the answer does not list it."""
        path = repository_path(repo, "pulls", number, "requested_reviewers")
        reply = await self._calls.post(self._credential(repo), path, {"reviewers": [_REVIEWER]})
        if COPILOT_REVIEWER_ID not in user_ids(reply.node, "requested_reviewers"):
            raise reply.refused(
                "GitHub did not request Copilot's review: is code review by Copilot enabled "
                "for this repository?"
            )
        return reply.answer(reviewer_id=COPILOT_REVIEWER_ID)

    async def assignable_bots(self, repo: Repository) -> frozenset[int]:
        """Return the ids of bots that issues can be assigned to, as the acting user sees it."""
        owner, _, name = repo.full_name.partition("/")
        variables = {"owner": owner, "name": name}
        reply = await self._calls.graphql(self._credential(repo), _ASSIGNABLE, variables)
        actors = reply.read(_suggested_actors)
        ids = (actor.integer("databaseId") for actor in actors)
        return frozenset(each for each in ids if each is not None)

    async def runs_need_approval(self, repo: Repository) -> bool:
        """Say whether a person must approve before Actions runs for what Copilot pushed.

        GitHub's endpoint is a preview, and wants the permission "Copilot agent settings".
        """
        path = repository_path(repo, "copilot", "cloud-agent", "configuration")
        reply = await self._calls.get(as_app_in(repo), path)
        return reply.read(lambda node: node.need_flag("require_actions_workflow_approval"))

    def _credential(self, repo: Repository) -> Credential:
        """Ask as the acting user, whose Copilot it is; as the App where there is none."""
        return self._calls.user if self._calls.have_user else as_app_in(repo)


def _what(agent: Agent) -> str:
    return "the coding agent" if agent is COPILOT else "it"


def _agent_assignment(repo: Repository, assignment: Assignment) -> JsonObject:
    wishes = {
        "base_branch": assignment.base_branch,
        "custom_instructions": assignment.instructions,
        "custom_agent": assignment.custom_agent,
        "model": assignment.model,
    }
    return {"target_repo": repo.full_name} | {name: wish for name, wish in wishes.items() if wish}


def _suggested_actors(node: Node) -> list[Node]:
    repository = node.need_node("data").need_node("repository")
    return repository.need_node("suggestedActors").nodes("nodes")
