"""A GitHub of our own, with people, CI and a Copilot in it, spoken to over HTTP."""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from simulator.actors.cues import Act, Cue
from simulator.clock import Clock
from simulator.draws import Seed
from simulator.hooks.attempt import Attempt
from simulator.hooks.holds import Hold
from simulator.hooks.outbox import Outbox, Sender
from simulator.http.application import application
from simulator.http.authorizations import Authorizations, Lifetimes
from simulator.http.call import Site
from simulator.http.caller import Level
from simulator.http.credentials import Credentials
from simulator.http.limits import Limits
from simulator.http.registry import Registry
from simulator.http.troubles import Troubles
from simulator.payloads import Payload
from simulator.plan import Faults, Plan, RepositoryPlan
from simulator.serving import beside, listen, served
from simulator.state.accounts import ACTING_USER
from simulator.state.app import App
from simulator.state.app_key import AppKey, an_app_key
from simulator.state.happenings import Happening
from simulator.state.repositories import Repository
from simulator.state.world import World
from simulator.story import cast, connect_repository, open_repositories


class Simulator:
    """A GitHub built from a plan; as a context manager it serves, and its story begins.

    It serves on a free port of the loopback interface unless told which. Deliveries go to
    ``webhook_url``, which may be set later: until then they fail and are listed as failed.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        webhook_url: str | None = None,
        webhook_secret: str = "a-secret-of-the-simulator",  # noqa: S107 (it guards nothing)
        app_key: AppKey | None = None,
        port: int = 0,
    ) -> None:
        self.plan = plan
        self.user = ACTING_USER
        self.clock = Clock(plan.starts_at or datetime.now(UTC), plan.speed, ties=plan.ties)
        self.world = World(self.clock, App(key=app_key or an_app_key()))
        seed = Seed(plan.seed)
        outbox = Outbox(self.world.app, self.clock, seed, _written_now)
        sender = Sender(self.world.app, outbox, webhook_secret, _written_now)
        credentials = Credentials(self.world.app, time.time)
        authorizations = Authorizations(credentials)
        self.site = Site(
            world=self.world,
            seed=seed,
            faults=plan.faults,
            outbox=outbox,
            sender=sender,
            credentials=credentials,
            authorizations=authorizations,
            registry=Registry(self.world, sender, authorizations, time.time),
            limits=Limits(self.clock, time.time),
            troubles=Troubles(seed),
            url="",
            served=Counter(),
        )
        self.world.happenings.listen(outbox.take)
        self.cast = cast(self.world, seed, plan)
        self.faults = plan.faults
        self.webhook_url = webhook_url
        self.user_token = self.new_user_token()
        self._port = port
        self._running = AsyncExitStack()

    async def __aenter__(self) -> Self:
        listener = listen("127.0.0.1", self._port)
        self.site.url = self.site.outbox.api_url = "http://{}:{}".format(*listener.getsockname())
        await self._running.enter_async_context(served(application(self.site), listener))
        open_repositories(self.world, self.plan, self.cast.scripts)
        await self._running.enter_async_context(beside(self.site.sender.run(), self.clock.run()))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        return await self._running.__aexit__(kind, error, traceback)

    @property
    def url(self) -> str:
        """The root of the API, and of the pages that people see."""
        return self.site.url

    @property
    def app(self) -> App:
        """The App that is being run."""
        return self.world.app

    @property
    def app_id(self) -> int:
        """The App's id."""
        return self.app.id

    @property
    def client_id(self) -> str:
        """The App's id where people sign in."""
        return self.app.client_id

    @property
    def client_secret(self) -> str:
        """What proves, with that id, that the App asks."""
        return self.app.client_secret

    @property
    def private_key(self) -> str:
        """The App's private key as PEM text."""
        return self.app.key.private_pem

    @property
    def lifetimes(self) -> Lifetimes:
        """How long codes and people's tokens hold that are granted from now on."""
        return self.site.authorizations.lifetimes

    @property
    def webhook_secret(self) -> str:
        """What deliveries are signed with."""
        return self.site.sender.secret

    @property
    def installation_id(self) -> int:
        """The id of the first installation."""
        return self.world.happenings.installation_id

    @property
    def webhook_url(self) -> str | None:
        """Where deliveries go."""
        return self.site.sender.url

    @webhook_url.setter
    def webhook_url(self, url: str | None) -> None:
        self.site.sender.url = url

    @property
    def faults(self) -> Faults:
        """What goes wrong by itself; it may be changed at any time."""
        return self.site.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self.site.faults = self.site.outbox.faults = self.site.troubles.faults = faults

    @property
    def troubles(self) -> Troubles:
        """What goes wrong with requests as ordered: ``troubles.order(bad_gateway(), times=2)``."""
        return self.site.troubles

    @property
    def served(self) -> Counter[tuple[str, str]]:
        """How many requests were served, by method and template of the path."""
        return self.site.served

    @property
    def happenings(self) -> list[Happening]:
        """All that happened, in order."""
        return self.world.happenings.all

    @property
    def attempts(self) -> list[Attempt]:
        """All attempts at deliveries, the oldest first."""
        return self.site.outbox.attempts

    @property
    def manual_steps(self) -> dict[tuple[str, int], list[str]]:
        """What people did by hand, by repository and number of the issue."""
        return dict(self.cast.people.steps)

    def repository(self, full_name: str) -> Repository:
        """Return a repository, to be read by assertions and changed by tests."""
        return self.world.repository(full_name)

    def connect(self, plan: RepositoryPlan) -> Repository:
        """Give the installation one more repository."""
        connect_repository(self.world, plan, self.cast.scripts)
        return self.repository(plan.full_name)

    def new_user_token(self, user: Payload = ACTING_USER) -> str:
        """Return one more token of a user, by default the acting one."""
        return self.site.credentials.grant_user(user)[0]

    def revoke(self, token: str) -> None:
        """Let a token hold no longer, be it the installation's or a user's."""
        self.site.credentials.revoke(token)

    def revoke_user(self, user: Payload = ACTING_USER) -> None:
        """Let a user take the App's authorisation back: no token of theirs holds any longer."""
        self.site.revoke_user(user)

    def give_permission(self, name: str, level: Level = "read") -> None:
        """Let the App do more, such as ``administration``, which it is not given at first."""
        self.app.permissions[name] = level

    def delete_account(self, user: Payload) -> None:
        """Let someone's account be gone: what they wrote stays, as a ghost's; nothing tells."""
        self.world.happenings.directory.deleted.add(user["id"])

    def on_cue(
        self, event: str, action: str | None, act: Act, *, after: float = 0.0, times: int = 1
    ) -> None:
        """Let something be done once, or the next few times that, something happens."""
        self.cast.cues.given.append(Cue(event, action, act, after, times))

    def hold(
        self,
        event: str,
        action: str | None = None,
        only: Callable[[Happening], bool] = lambda _: True,
    ) -> Hold:
        """Hold deliveries back from now on: ``release`` sends them late; unreleased, never."""
        return self.site.outbox.hold(event, action, only)

    def send_again(self, event: str, action: str | None = None) -> None:
        """Deliver all of an event that happened so far once more, under the same GUIDs."""
        for each in self.happenings:
            if each.event == event and action in (None, each.action):
                self.site.outbox.send_again(each)

    def ignore_assignees(self, times: int = 1) -> None:
        """Ignore the next assignments of Copilot silently."""
        self.site.ignore_assignees += times

    async def delivered(self) -> None:
        """Wait until nothing is on its way to the webhook."""
        await self.site.outbox.idle.wait()


def _written_now() -> str:
    """Return our time, since whoever reads lists of deliveries compares it with their own."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
