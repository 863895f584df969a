"""A desk for the reaction that reads policy files."""

from collections.abc import Mapping, Sequence
from typing import Any

from aggregates.lane.ours import PolicyLayer
from events.catalogue import PolicyChanged, content_of
from events.envelope import NewEvent
from reactions.lanes import Lanes
from reactions.policy_files import PolicyFiles
from simulator.payloads import a_push
from simulator.payloads.deliveries import DELIVERIES
from tests.projections.builders import a_delivery
from tests.reactions.desks import VisitingDesk
from tests.worlds.repositories import Repository

PATH = ".github/copilot-orchestrator.yml"
_CHANGED: Mapping[str, Sequence[str]] = {"added": (), "removed": (), "modified": (PATH,)}


class Desk(VisitingDesk):
    """What becomes of the policy files of a world."""

    @property
    def reaction(self) -> PolicyFiles:
        """The reaction, which keeps nothing in memory."""
        return PolicyFiles(github=self.github, services=self.services)

    async def changes(self) -> list[PolicyChanged]:
        """The changes of policy recorded so far."""
        events = await self.log.read(0, 1000)
        contents = [content_of(event) for event in events if event.type == "policy"]
        return [content for content in contents if isinstance(content, PolicyChanged)]

    async def policy(self, repository: Repository) -> PolicyLayer:
        """The repository's layer of the policy as its lane has it."""
        [reflected] = (await Lanes(self.store).lane(repository.id)).lanes
        return reflected.lane.ours.policy

    def commits(self, repository: Repository, commit: str, text: str | None) -> NewEvent:
        """Change the file on GitHub by a commit, and return the push that tells of it."""
        self.github.files.setdefault(repository.full_name, []).append((commit, text))
        return pushed(repository)

    def reads(self) -> int:
        """How often a file was asked for so far."""
        return sum(asked.startswith("last_commit") for asked in self.github.asked)


def pushed(
    repository: Repository,
    branch: str = "main",
    files: Mapping[str, Sequence[str]] = _CHANGED,
    **fields: Any,  # noqa: ANN401 (any of the fields of a push)
) -> NewEvent:
    """A push of one commit that changed some files."""
    push = a_push(f"refs/heads/{branch}", repository=repository.snapshot(), **fields)
    for commit in push["commits"]:
        commit.update(files)
    payload = DELIVERIES["push"](
        repository=repository.snapshot(),
        installation=repository.webhook.installation,
        push=push,
    )
    return a_delivery("push", payload)
