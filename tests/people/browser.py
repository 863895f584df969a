"""Somebody at a browser: signs in at the simulated GitHub, and keeps our cookie."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx2
from pydantic import SecretStr

from api.site import HEADER
from runtime.server import application_of
from runtime.settings import Settings
from runtime.wiring import wire
from simulator.serving import listen, served
from simulator.simulator import Simulator
from tests.service import RECEIVER, TOKEN, Client, client_at
from tests.simulator.browsing import press

LOGIN, CALLBACK, LOGOUT = "/api/auth/login", "/api/auth/callback", "/api/auth/logout"


@dataclass(frozen=True, slots=True)
class Browser:
    """One browser with its cookies, at the service and at GitHub."""

    http: httpx2.AsyncClient
    github: Simulator

    @property
    def origin(self) -> str:
        """The service as browsers know it."""
        return str(self.http.base_url).rstrip("/")

    @property
    def ours(self) -> dict[str, str]:
        """What a request from the service's own page says."""
        return {"Origin": self.origin, HEADER: "1"}

    @property
    def cookie(self) -> str:
        """What the session's cookie is called."""
        return f"cwo_{self.http.base_url.port}"

    @property
    def secret(self) -> str:
        """The session's secret."""
        return str(self.http.cookies[self.cookie])

    async def sign_in(self, login: str, **asked: str) -> httpx2.Response:
        """Sign in as somebody, and return what the service answered in the end."""
        return await self.come_back(await self.agreed(login, **asked))

    async def agreed(self, login: str, **asked: str) -> str:
        """Go to GitHub, agree there as somebody, and return where it sends us."""
        out = await self.http.get(LOGIN, params=asked or None)
        assert out.status_code == 302, out.text
        async with httpx2.AsyncClient(timeout=60.0, trust_env=False) as there:
            page = await there.get(out.headers["location"])
            return str((await press(there, page, "authorize", user=login)).headers["location"])

    async def come_back(self, location: str) -> httpx2.Response:
        """Follow GitHub's redirect to the service."""
        parts = urlsplit(location)
        assert f"{parts.scheme}://{parts.netloc}" == self.origin
        return await self.http.get(f"{parts.path}?{parts.query}")

    def wear(self, secret: str) -> None:
        """Show another session's secret."""
        self.http.cookies.clear()
        self.http.cookies.set(self.cookie, secret)

    async def get(self, path: str, **params: str | int) -> httpx2.Response:
        """Read a page with the cookie."""
        return await self.http.get(path, params=params or None)

    async def send(
        self, method: str, path: str, json: object = None, **headers: str
    ) -> httpx2.Response:
        """Command with the cookie, from our own page."""
        return await self.http.request(method, path, json=json, headers=self.ours | headers)


async def consent(browser: Browser, login: str, *repositories: int) -> httpx2.Response:
    """Let the service act as somebody, who agrees at GitHub as ``login``."""
    begun = await browser.send(
        "POST", "/api/consents", json={"repositories": repositories, "return_to": "/mine"}
    )
    assert begun.status_code == 200, begun.text
    async with httpx2.AsyncClient(timeout=60.0, trust_env=False) as there:
        page = await there.get(begun.json()["url"])
        location = (await press(there, page, "authorize", user=login)).headers["location"]
    return await browser.come_back(str(location))


@asynccontextmanager
async def a_service(database_url: str, github: Simulator, **settings: str) -> AsyncIterator[Client]:
    """Run the whole service in this process, set up as the simulated GitHub's App."""
    known = Settings(
        _env_file=None,
        database_url=database_url,
        webhook_secret=SecretStr(github.webhook_secret),
        admin_token=SecretStr(settings.pop("admin_token", TOKEN)),
        secret_key=SecretStr("a-key-of-the-tests"),
        github_api_url=github.url,
        github_web_url=github.url,
        github_app_id=str(github.app_id),
        github_private_key=SecretStr(github.private_key),
        github_client_id=github.client_id,
        github_client_secret=SecretStr(github.client_secret),
        **settings,  # type: ignore[arg-type]  # which pydantic reads as it does the environment
    )
    app, listener = application_of(wire(known)), listen("127.0.0.1", 0)
    url = "http://{}:{}".format(*listener.getsockname())
    async with app.router.lifespan_context(app), served(app, listener), client_at(url) as client:
        github.webhook_url = f"{url}{RECEIVER}"
        yield client


@asynccontextmanager
async def a_browser(service: Client, github: Simulator) -> AsyncIterator[Browser]:
    """Open another browser."""
    async with httpx2.AsyncClient(
        base_url=service.http.base_url, timeout=60.0, trust_env=False
    ) as http:
        yield Browser(http, github)
