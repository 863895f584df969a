"""Set-up's side of GitHub: the App is made, taken over and found again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from aggregates.policy.example import policy_example
from aggregates.policy.file import PATH as POLICY_PATH
from aggregates.policy.model import Policy
from aggregates.stages.stage import Stage
from events.catalogue.people import SettingChanged
from events.errors import OrchestratorError
from events.json_types import JsonObject
from events.store import Store
from people import kept_app
from people.doors import Doors
from people.ports import AppCredentials, GitHubRefused
from people.vault import Vault, VaultMissing
from reactions.ports.answers import Repository
from runtime.app_in_use import AppInUse
from runtime.doctor.examiner import Examination, Examiner
from runtime.doctor.finding import Finding
from runtime.manifest import manifest
from runtime.settings import Settings

_SECONDS, _ALL_SECONDS = 5.0, 20.0  # for one answer of GitHub's to a look, and for all
_QUEUE_COLOUR, _STAGE_COLOUR = "0e8a16", "c5def5"
_BRANCH = "copilot-orchestrator/policy"
_TITLE = "Add a policy for the Copilot Workflow Orchestrator"
_BODY = """\
This adds the file that says how the Copilot Workflow Orchestrator conducts the issues here. As it
stands it changes nothing: the mode is `shadow`, in which it decides and shows what it would do, and
does nothing. Everything else is there as a comment, with the value that holds.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppDesk:
    """Fills what the pages of set-up ask for."""

    settings: Settings
    app: AppInUse
    store: Store
    vault: Vault
    doors: Doors
    clock: Callable[[], datetime]
    examiner: Examiner

    @property
    def web_url(self) -> str:
        """Where GitHub's own pages are."""
        return self.settings.github_web_url.rstrip("/")

    @property
    def can_keep(self) -> bool:
        """Whether there is a key with which an App's secrets can be sealed."""
        return self.vault.is_usable

    @property
    def has_app(self) -> bool:
        """Whether there is an App."""
        return self.app.is_there

    def manifest(self, origin: str) -> JsonObject:
        """Return what an App for this server, at an origin, is asked for by."""
        return manifest(origin, self.settings.relay_url)

    def is_reachable(self, origin: str) -> bool:
        """Say whether GitHub can be thought to deliver to an origin, or to a relay."""
        return (
            bool(self.settings.relay_url)
            or not _is_here(origin)
            or _is_here(self.settings.github_api_url)
        )

    async def register(self, code: str, by: str, by_id: int | None) -> None:
        """Take over the App that somebody made, and keep it; every process follows.

        Raises GitHubSilent, GitHubRefused, VaultMissing.
        """
        from gateway.manifests import app_of  # noqa: PLC0415 (its client is large)

        if not self.can_keep:
            raise VaultMissing
        if self.has_app:
            raise GitHubRefused("there is an App already, and the code was not used")
        made = await app_of(code, self.settings.github_api_url, self.clock)
        self._refuse_unfit(made)
        now = self.clock()
        await self.store.write(lambda connection: kept_app.keep(connection, self.vault, made, now))
        await self.app.look()
        await self.doors.record(SettingChanged(name="github_app", value=made.slug), by, by_id)

    async def app_page(self) -> str | None:
        """Return the App's page at GitHub; None: it cannot be told."""
        if self.app.page:
            return self.app.page
        try:
            slug = (await self.app.github().app()).slug
        except OrchestratorError:
            return None
        return f"{self.web_url}/{'apps' if self._is_github_com else 'github-apps'}/{slug}"

    async def examination(self, *, anew: bool = False) -> Examination:
        """Return what ``doctor`` finds with this server's settings, seconds ago or ``anew``."""
        return await self.examiner.examination(anew=anew)

    @property
    def policy_path(self) -> str:
        """Where a repository keeps its policy."""
        return POLICY_PATH

    def policy_file(self) -> str:
        """Return a policy file to begin with."""
        return policy_example()

    async def make_labels(self, installation_id: int, full_name: str) -> int:
        """Make the labels that a queue and stages need; raises a kind of GitHubFailure."""
        policy = Policy()
        stages = {f"{policy.labels.prefix}{stage}": _STAGE_COLOUR for stage in Stage}
        names = {policy.queue.label: _QUEUE_COLOUR} | stages
        repo = Repository(installation_id, full_name)
        return await self.app.github().make_labels(repo, names)

    async def offer_policy(self, installation_id: int, full_name: str) -> str:
        """Open a pull request with a policy file to begin with; raises a kind of GitHubFailure."""
        repo = Repository(installation_id, full_name)
        return await self.app.github().offer_file(
            repo, POLICY_PATH, policy_example(), _BRANCH, _TITLE, _BODY
        )

    @property
    def _is_github_com(self) -> bool:
        return not urlsplit(self.settings.github_api_url).path.strip("/")  # a server's is /api/v3

    def _refuse_unfit(self, made: AppCredentials) -> None:
        """Refuse what would not be used as it is: a page elsewhere, secrets that are several."""
        from gateway import app_key  # noqa: PLC0415 (as above)

        app_key(str(made.app_id), made.private_key)
        if not made.html_url.startswith(f"{self.web_url}/"):
            raise GitHubRefused(
                "the App's page is not at ORCHESTRATOR_GITHUB_WEB_URL; is that GitHub's address?"
            )
        if "," in made.webhook_secret or not made.webhook_secret.strip():
            raise GitHubRefused("the App's webhook secret is none that deliveries can be signed by")


async def findings_of(app: AppInUse, clock: Callable[[], datetime]) -> list[Finding]:
    """Return what ``doctor`` finds with the settings of a running service, within seconds."""
    from runtime.doctor.examination import examine_given  # noqa: PLC0415 (its client is large)
    from runtime.doctor.settings_file import GivenSettings  # noqa: PLC0415 (as above)

    given = GivenSettings(app.settings)
    return await examine_given(given, clock, seconds=_SECONDS, all_seconds=_ALL_SECONDS)


def _is_here(url: str) -> bool:
    """Say whether an address is this machine's own."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
