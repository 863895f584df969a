"""The operations of the OpenAPI document, so that tests cover a route as soon as there is one."""

import re
from dataclasses import dataclass
from typing import Any

from events.store import Result, Work
from tests.service import app_over


class Nowhere:
    """A store that nobody should ask."""

    dialect = "sqlite"

    async def append(self, work: Work[Result]) -> Result:
        raise AssertionError(work)

    async def write(self, work: Work[Result]) -> Result:
        raise AssertionError(work)

    async def read(self, work: Work[Result]) -> Result:
        raise AssertionError(work)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; ``content`` is what the document says of it."""

    path: str
    method: str
    content: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def placeholders(self) -> list[str]:
        """The names of the path's parameters."""
        return re.findall(r"{(\w+)}", self.path)

    @property
    def example(self) -> str:
        """The path with a number in every place."""
        return re.sub(r"{\w+}", "1", self.path)


DOCUMENT = app_over(Nowhere()).openapi()


def operations() -> list[Operation]:
    """Return every operation of the document."""
    return [
        Operation(path, method, content)
        for path, methods in DOCUMENT["paths"].items()
        for method, content in methods.items()
    ]
