"""How we are set up at GitHub, for finding what is not."""

from events.github.node import Node
from events.scalars import integer
from gateway.calls import Caller, quoted
from gateway.credentials import AsApp, AsInstallation
from gateway.exchange import API_VERSION
from gateway.reply import Reply
from reactions.ports.answers import ActingUser, AppSetup, HookSetup, ServerSetup
from reactions.ports.failures import NotFound

_OK = 200
_LONGEST_URL = 2048


class Setup(Caller):
    """GitHub, and the App and the acting user as GitHub knows them."""

    async def server(self) -> ServerSetup:
        """Return GitHub's clock and API versions, asked without any credential.

        Its clock must be known above all when it takes no token, as it then is what is wrong.
        """
        asked_at = self._calls.clock()
        reply = await self._calls.exchange.greet("/versions")
        return ServerSetup(
            asked_at=asked_at,
            answered_at=self._calls.clock(),
            date=reply.date,
            api_version=API_VERSION,
            api_versions=_versions(reply),
        )

    async def app(self) -> AppSetup:
        """Return what the App may do and hears."""
        return (await self._calls.get(AsApp(), "/app")).read(_app)

    async def hook(self) -> HookSetup:
        """Return the App's webhook."""
        return (await self._calls.get(AsApp(), "/app/hook/config")).read(_hook)

    async def acting_user(self) -> ActingUser | None:
        """Return whose token is configured; None without one."""
        if not self._calls.have_user:
            return None
        return (await self._calls.get(self._calls.user, "/user")).read(_user)

    async def app_user(self) -> ActingUser:
        """Return the App's own user, as whom it writes comments."""
        login = f"{(await self.app()).slug}[bot]"
        return (await self._read_as_anybody(f"/users/{quoted(login)}")).read(_user)

    async def look_up(self, path: str) -> Reply | None:
        """Read what everybody may and return the answer, whatever it says; None: it is not there.

        A stranger may ask GitHub 60 times an hour: so it is asked in an installation.
        """
        installation = await self._any_installation()
        if installation is None:
            return await self._calls.exchange.greet(path)
        try:
            return await self._calls.get(installation, path)
        except NotFound:
            return None

    async def _read_as_anybody(self, path: str) -> Reply:
        """Read what everybody may: in an installation, or as a stranger while there is none."""
        installation = await self._any_installation()
        if installation is None:
            return await self._calls.exchange.greet(path)
        return await self._calls.get(installation, path)

    async def _any_installation(self) -> AsInstallation | None:
        async for installation in self._calls.listed(AsApp(), "/app/installations", {}):
            installation_id = integer(installation.get("id"))
            if installation_id is not None and not installation.get("suspended_at"):
                return AsInstallation(installation_id)
        return None


def _app(node: Node) -> AppSetup:
    permissions = node.need_node("permissions").json
    return AppSetup(
        id=node.need_integer("id"),
        slug=node.need_name("slug"),
        permissions={name: level for name, level in permissions.items() if isinstance(level, str)},
        events=tuple(event for event in node.need_list("events") if isinstance(event, str)),
        html_url=node.name("html_url", _LONGEST_URL) or "",
    )


def _hook(node: Node) -> HookSetup:
    return HookSetup(
        url=node.name("url", _LONGEST_URL) or "",
        content_type=node.name("content_type") or "form",  # as GitHub takes it where none is set
        has_secret=bool(node.name("secret")),
        verifies_tls=str(node.json.get("insecure_ssl", "0")) == "0",
    )


def _versions(reply: Reply) -> tuple[str, ...] | None:
    if reply.status != _OK or not isinstance(reply.json, list):
        return None
    return tuple(version for version in reply.json if isinstance(version, str))


def _user(node: Node) -> ActingUser:
    return ActingUser(id=node.need_integer("id"), login=node.need_name("login"))
