"""A running service as a browser meets it."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2

from tests.service import BEARER


@dataclass(frozen=True, slots=True)
class Site:
    """Where it is, and the cookie of a session of the admin token's holder."""

    url: str
    cookie: str

    def get(self, path: str, **params: str | int) -> Any:  # noqa: ANN401 (JSON, for a test to look into)
        """Read what the API answers."""
        answer = httpx2.get(f"{self.url}{path}", params=params, headers=BEARER, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def command(self, path: str, **body: object) -> int:
        """Give a command beside the browser, and return its position."""
        headers = {**BEARER, "Idempotency-Key": str(uuid4())}
        answer = httpx2.post(f"{self.url}{path}", json=body, headers=headers, timeout=30)
        answer.raise_for_status()
        return int(answer.json()["position"])

    def repository(self, name: str) -> dict[str, Any]:
        """Return a repository by its name."""
        found = self.get("/api/repositories")["items"]
        [repository] = [each for each in found if each["full_name"] == name]
        return dict(repository)
