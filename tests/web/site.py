"""A running service as a browser meets it."""

from dataclasses import dataclass
from typing import Any

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

    def repository(self, name: str) -> dict[str, Any]:
        """Return a repository by its name."""
        found = self.get("/api/repositories")["items"]
        [repository] = [each for each in found if each["full_name"] == name]
        return dict(repository)
