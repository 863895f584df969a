"""What the pages of set-up ask for; the wiring fills it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from events.json_types import JsonObject


class Leading(Protocol):
    """Where an advice is followed: one of three, the others are empty."""

    @property
    def html_url(self) -> str:
        """A page at GitHub."""
        ...

    @property
    def path(self) -> str:
        """A page of this server."""
        ...

    @property
    def command(self) -> str:
        """What is run where the service is."""
        ...


class Lacking(Protocol):
    """One line of what ``doctor`` found: of ``about``, where it is one of several things."""

    @property
    def check(self) -> str:
        """What was looked at."""
        ...

    @property
    def state(self) -> str:
        """How it is: ``ok``, ``warning``, ``problem`` or ``skipped``."""
        ...

    @property
    def found(self) -> str:
        """What was found."""
        ...

    @property
    def advice(self) -> str:
        """What to do about it."""
        ...

    @property
    def about(self) -> str:
        """Of several things which one."""
        ...

    @property
    def way(self) -> Leading:
        """Where that is done."""
        ...


class Examined(Protocol):
    """What ``doctor`` found, and when it looked."""

    @property
    def looked_at(self) -> datetime:
        """When that was."""
        ...

    @property
    def steps(self) -> Sequence[Lacking]:
        """What set-up does, in its order."""
        ...

    @property
    def checks(self) -> Sequence[Lacking]:
        """All else."""
        ...


class SetupDesk(Protocol):
    """The App of this server, as set-up makes it and goes on with it."""

    @property
    def web_url(self) -> str:
        """Where GitHub's own pages are."""
        ...

    @property
    def can_keep(self) -> bool:
        """Whether there is a key with which an App's secrets can be sealed."""
        ...

    @property
    def has_app(self) -> bool:
        """Whether there is an App."""
        ...

    def manifest(self, origin: str) -> JsonObject:
        """Return what an App for this server, at an origin, is asked for by."""
        ...

    def is_reachable(self, origin: str) -> bool:
        """Say whether GitHub can be thought to deliver to an origin, or to a relay."""
        ...

    async def register(self, code: str, by: str, by_id: int | None) -> None:
        """Take over the App that somebody made.

        Raises GitHubSilent, GitHubRefused, VaultMissing.
        """
        ...

    async def app_page(self) -> str | None:
        """Return the App's page at GitHub, where it is installed; None: it cannot be told."""
        ...

    async def examination(self, *, anew: bool = False) -> Examined:
        """Return what ``doctor`` finds with this server's settings, seconds ago or ``anew``."""
        ...

    @property
    def policy_path(self) -> str:
        """Where a repository keeps its policy."""
        ...

    def policy_file(self) -> str:
        """Return a policy file to begin with."""
        ...

    async def make_labels(self, installation_id: int, full_name: str) -> int:
        """Make the labels that a queue and stages need; returns how many were missing."""
        ...

    async def offer_policy(self, installation_id: int, full_name: str) -> str:
        """Open a pull request with a policy file to begin with; returns its address."""
        ...
