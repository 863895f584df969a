"""All of GitHub that the installations of our App reach, and some that they do not."""

from collections.abc import Callable, Sequence

from simulator.clock import Clock
from simulator.payloads import Payload, an_id, an_installation
from simulator.payloads.payload import WEB
from simulator.state.accounts import ORGANIZATION, OWNER
from simulator.state.app import App
from simulator.state.checks import ActionsRun
from simulator.state.happenings import Happenings
from simulator.state.organization import Organization
from simulator.state.refusals import NotFound
from simulator.state.repositories import Repository


class World:
    """The repositories of an App's installations and others; what is done is told.

    ``installations`` are their owners by the installation's id: organisations or people. Those in
    ``reaches_all`` were given all of an account's repositories, not some. ``rerun`` lets CI run the
    failed jobs of an Actions run again.
    """

    def __init__(self, clock: Clock, app: App | None = None) -> None:
        self.clock = clock
        self.app = app or App()
        self.happenings = Happenings(clock)
        self.repositories: dict[str, Repository] = {}
        self.installations: dict[int, str] = {}
        self.former_names: dict[str, str] = {}
        self.reaches_all: set[int] = set()
        self.rerun: Callable[[ActionsRun], None] = lambda _run: None
        self._installed_at = int(clock.now.timestamp())

    @property
    def organization(self) -> Organization:
        """The organisation that most repositories belong to."""
        return self.organization_named(ORGANIZATION)

    def organization_named(self, login: str) -> Organization:
        """Return an organisation."""
        return Organization(self.happenings, login, lambda: self.installation_at(login))

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
        account = self.happenings.directory.account(
            self.installations.get(installation_id, ORGANIZATION)
        )
        path = (
            "settings"
            if account["type"] == "User"
            else f"organizations/{account['login']}/settings"
        )
        return an_installation(
            installation_id,
            account=account,
            app_id=self.app.id,
            app_slug=self.app.slug,
            client_id=self.app.client_id,
            html_url=f"{WEB}/{path}/installations/{installation_id}",
            target_id=account["id"],
            target_type=account["type"],
            repository_selection="all" if installation_id in self.reaches_all else "selected",
            created_at=self._installed_at,
            updated_at=self._installed_at,
        )

    def installation_at(self, owner: str) -> int | None:
        """Return the id of an account's installation, if the App is installed there."""
        wanted = owner.lower()
        found = [known for known, login in self.installations.items() if login.lower() == wanted]
        return found[0] if found else None

    def installed(self, installation_id: int) -> list[Repository]:
        """Return the repositories that an installation reaches."""
        known = self.repositories.values()
        return [each for each in known if each.installation_id == installation_id]

    def owned_by(self, owner: str) -> list[Repository]:
        """Return the repositories of an account."""
        known = self.repositories.values()
        return [each for each in known if each.access.owner.lower() == owner.lower()]

    def make(self, full_names: Sequence[str]) -> None:
        """Make repositories that the App does not reach."""
        self._make(full_names, None)

    def install(
        self, full_names: Sequence[str], by: Payload = OWNER, installation_id: int | None = None
    ) -> int:
        """Install the App on repositories of one owner, which are made unless they are there."""
        owner = _owner(full_names[0]) if full_names else ORGANIZATION
        known = installation_id or self._new_installation(owner)
        self.installations[known] = owner
        self._make(full_names, known)
        self._tell("installation", "created", full_names, by, known)
        return known

    def give(
        self, account: Payload, full_names: Sequence[str], *, everything: bool, by: Payload
    ) -> int:
        """Let the App reach these of an account's repositories; it is installed if need be."""
        known = self.installation_at(account["login"])
        if known is None:
            known = self._new_installation(account["login"])
            self._choose(known, everything=everything)
            return self.install(full_names, by, known)
        self._choose(known, everything=everything)
        reached = [each.full_name for each in self.installed(known)]
        more = [name for name in full_names if name not in reached]
        less = [name for name in reached if name not in full_names]
        if more:
            self.connect(more, by)
        if less:
            self.disconnect(less, by)
        return known

    def forget_installations(self) -> None:
        """Let there be no installation, as the App is another one; nothing tells."""
        self.installations.clear()
        self.reaches_all.clear()
        for each in self.repositories.values():
            each.installation_id = None

    def uninstall(self, installation_id: int, by: Payload = OWNER) -> None:
        """Take the App away from an account, with all that it reached there."""
        reached = self.installed(installation_id)
        names = [each.full_name for each in reached]
        self._tell("installation", "deleted", names, by, installation_id)
        del self.installations[installation_id]
        for each in reached:
            each.installation_id = None

    def connect(self, full_names: Sequence[str], by: Payload = OWNER) -> None:
        """Give the owner's installation more repositories, which are made unless they are there."""
        known = self.installation_at(_owner(full_names[0])) or self.happenings.installation_id
        self._make(full_names, known)
        self._tell("installation_repositories", "added", full_names, by, known)

    def rename(self, repository: Repository, name: str, by: Payload = OWNER) -> None:
        """Give a repository another name, under which its installation stays the same."""
        owner, _, before = repository.full_name.partition("/")
        self._move(repository, f"{owner}/{name}")
        changes = {"repository": {"name": {"from": before}}}
        repository.tell("repository", "renamed", by=by, about="", changes=changes)

    def transfer(self, repository: Repository, to: str, by: Payload = OWNER) -> None:
        """Give a repository to another owner, whose installation has an id of its own.

        Where the App is not installed there, it loses the repository and hears nothing of it.
        """
        before, _, name = repository.full_name.partition("/")
        self._move(repository, f"{to}/{name}")
        repository.access.owner = to
        repository.installation_id = self.installation_at(to)
        owner = self.happenings.directory.account(before)
        kind = "user" if owner["type"] == "User" else "organization"
        changes = {"owner": {"from": {kind: owner}}}
        repository.tell("repository", "transferred", by=by, about="", changes=changes)

    def disconnect(self, full_names: Sequence[str], by: Payload = OWNER) -> None:
        """Take repositories away from the installation."""
        known = self.repositories[full_names[0]].installation_id
        if known is None:
            raise NotFound
        self._tell("installation_repositories", "removed", full_names, by, known)
        for full_name in full_names:
            self.repositories[full_name].installation_id = None

    def _make(self, full_names: Sequence[str], installation_id: int | None) -> None:
        for full_name in full_names:
            if full_name not in self.repositories:
                self.repositories[full_name] = Repository(self.happenings, full_name)
            self.repositories[full_name].installation_id = installation_id

    def _choose(self, installation_id: int, *, everything: bool) -> None:
        if everything:
            self.reaches_all.add(installation_id)
        else:
            self.reaches_all.discard(installation_id)

    def _move(self, repository: Repository, full_name: str) -> None:
        before = repository.full_name
        del self.repositories[before]
        self.repositories[full_name] = repository
        self.former_names[before.lower()] = full_name.lower()
        repository.full_name = full_name
        repository.updated_at = self.clock.stamp()

    def _new_installation(self, owner: str) -> int:
        """Return the id of an account's installation; the first one's is known beforehand."""
        known = self.installation_at(owner)
        if known is None and self.happenings.installation_id not in self.installations:
            return self.happenings.installation_id
        return known or an_id("installation", self.app.id, owner)

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
