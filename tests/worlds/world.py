"""A small world in which people, Copilot and CI work, and the deliveries that it causes."""

from contextlib import AbstractContextManager

from events.envelope import NewEvent
from simulator.payloads import INSTALLATION_ID, Payload
from tests.worlds.clock import GitHubClock
from tests.worlds.repositories import Repository
from tests.worlds.webhook import Webhook


class World:
    """Repositories that one installation of our App reaches.

    What is done through them changes them and appends what GitHub would deliver. The same doings
    give the same deliveries, to the byte.
    """

    def __init__(self, installation_id: int = INSTALLATION_ID) -> None:
        self.repositories: list[Repository] = []
        self._webhook = Webhook(installation_id)

    def __repr__(self) -> str:
        told = ", ".join(
            f"{each.type}.{each.action or ''} {each.repository_id}#{each.subject_number or ''}"
            for each in self.deliveries
        )
        return f"World({told})"

    @property
    def deliveries(self) -> list[NewEvent]:
        """What GitHub has delivered, as events, in its order."""
        return self._webhook.deliveries

    @property
    def sent(self) -> list[tuple[str, Payload]]:
        """The same as event names and payloads, to be posted."""
        return self._webhook.sent

    @property
    def clock(self) -> GitHubClock:
        """GitHub's clock."""
        return self._webhook.clock

    def repository(self, full_name: str) -> Repository:
        """Return the repository of a name, made when it is first mentioned."""
        for repository in self.repositories:
            if repository.full_name == full_name:
                return repository
        self.repositories.append(Repository(self._webhook, full_name))
        return self.repositories[-1]

    def same_second(self) -> AbstractContextManager[None]:
        """Put all that happens within the block into one second."""
        return self.clock.same_second()
