"""Who we are to GitHub, for finding what is not set up."""

from datetime import datetime
from email.utils import parsedate_to_datetime

from events.interpret.node import Node
from gateway.calls import Caller
from gateway.reply import Reply
from gateway.who import AsApp, AsUser
from reactions.ports.answers import ActingUser, AppStanding


class Standing(Caller):
    """The App and the acting user as GitHub knows them."""

    async def app(self) -> AppStanding:
        """Return what the App may do and hears."""
        return (await self._calls.get(AsApp(), "/app")).read(_app)

    async def time(self) -> datetime:
        """Return the time on GitHub's clock, to the second; asks as the App."""
        return _date(await self._calls.get(AsApp(), "/app"))

    async def acting_user(self) -> ActingUser | None:
        """Return whose token is configured; None without one."""
        if not self._calls.tokens.have_user:
            return None
        return (await self._calls.get(AsUser(), "/user")).read(_user)


def _date(reply: Reply) -> datetime:
    try:
        return parsedate_to_datetime(reply.headers.get("date", ""))
    except ValueError:
        problem = "GitHub's answer has no date"
    raise reply.refused(problem)


def _app(node: Node) -> AppStanding:
    permissions = node.need_node("permissions").json
    return AppStanding(
        id=node.need_integer("id"),
        slug=node.need_name("slug"),
        permissions={name: level for name, level in permissions.items() if isinstance(level, str)},
        events=tuple(event for event in node.need_list("events") if isinstance(event, str)),
    )


def _user(node: Node) -> ActingUser:
    return ActingUser(id=node.need_integer("id"), login=node.need_name("login"))
