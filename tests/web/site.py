"""A running service as a browser meets it."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2

from tests.service import TOKEN


@dataclass(frozen=True, slots=True)
class Site:
    """Where it is, and the cookie of a session of the admin token's holder."""

    url: str
    cookie: str
    token: str = TOKEN

    def get(self, path: str, **params: str | int) -> Any:  # noqa: ANN401 (JSON, for a test to look into)
        """Read what the API answers."""
        answer = httpx2.get(f"{self.url}{path}", params=params, headers=self._bearer, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def command(self, path: str, **body: object) -> int:
        """Give a command beside the browser, and return its position."""
        headers = {**self._bearer, "Idempotency-Key": str(uuid4())}
        answer = httpx2.post(f"{self.url}{path}", json=body, headers=headers, timeout=30)
        answer.raise_for_status()
        return int(answer.json()["position"])

    def repository(self, name: str) -> dict[str, Any]:
        """Return a repository by its name."""
        found = self.get("/api/repositories")["items"]
        [repository] = [each for each in found if each["full_name"] == name]
        return dict(repository)

    @property
    def head(self) -> int:
        """Where the log ends."""
        return int(self.get("/api/events", limit=1)["items"][0]["position"])

    @property
    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def signed_in(url: str, token: str = TOKEN) -> Site:
    """Exchange an admin token for a session, whose cookie a browser takes as `name=secret`."""
    headers = {
        "Authorization": f"Bearer {token}",
        "Origin": url,
        "X-Orchestrator-Request": "tests",
    }
    answer = httpx2.post(f"{url}/api/auth/session", headers=headers, timeout=30)
    answer.raise_for_status()
    [cookie] = [f"{name}={secret}" for name, secret in answer.cookies.items()]
    return Site(url, cookie, token)
