"""All of GitHub that one installation of our App reaches."""

from collections.abc import Sequence

from simulator.clock import Clock
from simulator.payloads import Payload, an_installation, an_organization
from simulator.state.accounts import OWNER
from simulator.state.app import App
from simulator.state.happenings import Happenings
from simulator.state.organization import Organization
from simulator.state.refusals import NotFound
from simulator.state.repositories import Repository


class World:
    """The repositories of an App's installations; what is done is told to ``happenings``.

    ``installations`` are their owners by the installation's id.
    """

    def __init__(self, clock: Clock, app: App | None = None) -> None:
        self.clock = clock
        self.app = app or App()
        self.happenings = Happenings(clock)
        self.organization = Organization(self.happenings)
        self.repositories: dict[str, Repository] = {}
        self.installations: dict[int, str] = {}
        self.former_names: dict[str, str] = {}
        self._installed_at = int(clock.now.timestamp())

    def repository(self, full_name: str) -> Repository:
        """Return the repository of a name in any case, also of a former one, or refuse."""
        wanted = full_name.lower()
        wanted = self.former_names.get(wanted, wanted)
        for name, repository in self.repositories.items():
            if name.lower() == wanted:
                return repository
        raise NotFound

    def installation(self, installation_id: int) -> Payload:
        """Return an installation as it is now."""
        account = an_organization(self.installations.get(installation_id, "orbit-works"))
        return an_installation(
            installation_id,
            account=account,
            target_id=account["id"],
            created_at=self._installed_at,
            updated_at=self._installed_at,
        )

    def install(
        self, full_names: Sequence[str], by: Payload = OWNER, installation_id: int | None = None
    ) -> None:
        """Install the App on repositories of one owner, which makes them."""
        known = installation_id or self.happenings.installation_id
        self.installations[known] = _owner(full_names[0]) if full_names else "orbit-works"
        self._make(full_names, known)
        self._tell("installation", "created", full_names, by, known)

    def connect(self, full_names: Sequence[str], by: Payload = OWNER) -> None:
        """Give the owner's installation more repositories, which makes them."""
        known = self._installation_of(full_names[0])
        self._make(full_names, known)
        self._tell("installation_repositories", "added", full_names, by, known)

    def rename(self, repository: Repository, name: str, by: Payload = OWNER) -> None:
        """Give a repository another name, under which its installation stays the same."""
        owner, _, before = repository.full_name.partition("/")
        self._move(repository, f"{owner}/{name}")
        changes = {"repository": {"name": {"from": before}}}
        repository.tell("repository", "renamed", by=by, about="", changes=changes)

    def transfer(self, repository: Repository, to: str, by: Payload = OWNER) -> None:
        """Give a repository to another owner, whose installation has an id of its own."""
        before, _, name = repository.full_name.partition("/")
        self._move(repository, f"{to}/{name}")
        repository.installation_id = self._installation_of(repository.full_name)
        owner = an_organization(before)
        changes = {"owner": {"from": {"organization": owner}}}
        repository.tell("repository", "transferred", by=by, about="", changes=changes)

    def disconnect(self, full_names: Sequence[str], by: Payload = OWNER) -> None:
        """Take repositories away from the installation."""
        known = self.repositories[full_names[0]].installation_id
        self._tell("installation_repositories", "removed", full_names, by, known)
        for full_name in full_names:
            del self.repositories[full_name]

    def _make(self, full_names: Sequence[str], installation_id: int) -> None:
        for full_name in full_names:
            made = Repository(self.happenings, full_name)
            made.installation_id = installation_id
            self.repositories[full_name] = made

    def _move(self, repository: Repository, full_name: str) -> None:
        before = repository.full_name
        del self.repositories[before]
        self.repositories[full_name] = repository
        self.former_names[before.lower()] = full_name.lower()
        repository.full_name = full_name
        repository.updated_at = self.clock.stamp()

    def _installation_of(self, full_name: str) -> int:
        found = [known for known, owner in self.installations.items() if owner == _owner(full_name)]
        return found[0] if found else self.happenings.installation_id

    def _tell(
        self, event: str, action: str, full_names: Sequence[str], by: Payload, known: int
    ) -> None:
        self.clock.stamp()
        self.happenings.tell(
            event,
            action,
            about=" ".join(full_names),
            installation=self.installation(known),
            repositories=[self.repositories[name].snapshot() for name in full_names],
            sender=by,
        )


def _owner(full_name: str) -> str:
    return full_name.partition("/")[0]
