"""All of GitHub that one installation of our App reaches."""

from collections.abc import Sequence

from simulator.clock import Clock
from simulator.payloads import Payload, an_installation, an_organization
from simulator.state.accounts import OWNER
from simulator.state.happenings import Happenings
from simulator.state.organization import Organization
from simulator.state.refusals import NotFound
from simulator.state.repositories import Repository


class World:
    """The repositories of an installation; what is done through them is told to ``happenings``."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.happenings = Happenings(clock)
        self.organization = Organization(self.happenings)
        self.repositories: dict[str, Repository] = {}
        self._installed_at = int(clock.now.timestamp())

    def repository(self, full_name: str) -> Repository:
        """Return the repository of a name in any case, or refuse."""
        for name, repository in self.repositories.items():
            if name.lower() == full_name.lower():
                return repository
        raise NotFound

    def installation(self) -> Payload:
        """Return the installation as it is now."""
        owners = [name.partition("/")[0] for name in self.repositories] or ["orbit-works"]
        account = an_organization(owners[0])
        return an_installation(
            self.happenings.installation_id,
            account=account,
            target_id=account["id"],
            created_at=self._installed_at,
            updated_at=self._installed_at,
        )

    def install(self, full_names: Sequence[str], by: Payload = OWNER) -> None:
        """Install the App on repositories, which makes them."""
        self._make(full_names)
        self._tell("installation", "created", full_names, by)

    def connect(self, full_names: Sequence[str], by: Payload = OWNER) -> None:
        """Give the installation more repositories, which makes them."""
        self._make(full_names)
        self._tell("installation_repositories", "added", full_names, by)

    def disconnect(self, full_names: Sequence[str], by: Payload = OWNER) -> None:
        """Take repositories away from the installation."""
        self._tell("installation_repositories", "removed", full_names, by)
        for full_name in full_names:
            del self.repositories[full_name]

    def _make(self, full_names: Sequence[str]) -> None:
        for full_name in full_names:
            self.repositories[full_name] = Repository(self.happenings, full_name)

    def _tell(self, event: str, action: str, full_names: Sequence[str], by: Payload) -> None:
        self.clock.stamp()
        self.happenings.tell(
            event,
            action,
            about=" ".join(full_names),
            installation=self.installation(),
            repositories=[self.repositories[name].snapshot() for name in full_names],
            sender=by,
        )
