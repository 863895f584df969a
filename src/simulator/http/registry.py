"""Apps as they are made: the newest is the one that is being run, until another is made."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, fields

from simulator.hooks.outbox import Sender
from simulator.http.authorizations import Authorizations
from simulator.payloads import Payload, an_id
from simulator.state.app import App
from simulator.state.app_key import a_new_key
from simulator.state.manifest import slug_of
from simulator.state.world import World

CODE_SECONDS = 3600.0

_IDS = 10_000_000


@dataclass(frozen=True, slots=True)
class _Registered:
    webhook_secret: str
    ends_at: float


class Registry:
    """Makes Apps of manifests; ``now`` is our clock, by which codes end.

    ``taken`` are the slugs of those that were made.
    """

    def __init__(
        self,
        world: World,
        sender: Sender,
        authorizations: Authorizations,
        now: Callable[[], float],
    ) -> None:
        self.taken: frozenset[str] = frozenset()
        self.code_seconds = CODE_SECONDS
        self._world = world
        self._sender = sender
        self._authorizations = authorizations
        self._now = now
        self._codes: dict[str, _Registered] = {}

    def register(self, manifest: Payload, name: str, owner: Payload) -> str:
        """Make the App of a fit manifest, and return the code by which its secrets are fetched.

        Nothing of the App before holds any longer; this one is installed nowhere yet.
        """
        made = _made(manifest, name, owner)
        self.taken |= {made.slug}
        self._authorizations.revoke_all()
        self._world.forget_installations()
        for field in fields(App):
            setattr(self._world.app, field.name, getattr(made, field.name))
        self._world.happenings.directory.know(made.bot)
        hook = manifest.get("hook_attributes") or {}
        self._sender.url = hook.get("url") if hook.get("active", True) else None
        self._sender.secret = secrets.token_hex(20)
        code = secrets.token_hex(20)
        ends_at = self._now() + self.code_seconds
        self._codes = {code: _Registered(self._sender.secret, ends_at)}
        return code

    def convert(self, code: str) -> str | None:
        """Return the webhook secret of the App that a code was given for, once and in time."""
        found = self._codes.pop(code, None)
        return found.webhook_secret if found and found.ends_at > self._now() else None


def _made(manifest: Payload, name: str, owner: Payload) -> App:
    slug = slug_of(name)
    return App(
        id=an_id("app", slug) % _IDS,
        slug=slug,
        name=name,
        description=str(manifest.get("description") or ""),
        url=manifest["url"],
        owner=owner,
        client_id=f"Iv23li{secrets.token_hex(7)}",
        client_secret=secrets.token_hex(20),
        key=a_new_key(),
        callback_urls=tuple(manifest.get("callback_urls", ())),
        setup_url=manifest.get("setup_url"),
        request_oauth_on_install=manifest.get("request_oauth_on_install", False),
        public=manifest.get("public", False),
        permissions={"metadata": "read", **manifest.get("default_permissions", {})},
        events=frozenset(manifest.get("default_events", ())),
    )
