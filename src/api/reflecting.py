"""Reads that say which log position they reflect, and can wait for one."""

import asyncio
from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Depends, Query, Request, Response
from sqlalchemy import Connection

from api.problems import ApiError
from api.services import Services
from events.table import MAX_INTEGER
from projections.engine import builds, checkpoints
from projections.references import Links

HEADER = "X-Log-Position"
_WAIT_SECONDS = 5.0
_LOOK_SECONDS = 0.1  # how often to look when another process does the projecting

Result = TypeVar("Result")


class Reflecting:
    """Runs a query of one projection together with that projection's checkpoint."""

    def __init__(self, services: Services, response: Response, wanted: int) -> None:
        self.services = services
        self._response = response
        self._wanted = wanted

    @property
    def links(self) -> Links:
        """Where people see at GitHub what an answer tells of."""
        return self.services.links

    async def query(self, query: Callable[[Connection], Result], *projections: str) -> Result:
        """Read checkpoints and rows in one snapshot; raises 503 when they never catch up.

        The answer reflects the position that all the named projections have reached.
        """

        def work(connection: Connection) -> tuple[int, Result | None]:
            standing = checkpoints.positions(connection)
            if not standing.keys() >= {*projections}:
                _refuse_what_is_built(connection, {*projections} - standing.keys())
            position = min(standing.get(name, 0) for name in projections)
            return position, query(connection) if position >= self._wanted else None

        position, result = await self._caught_up(work)
        self._response.headers[HEADER] = str(position)
        return result

    async def _caught_up(
        self, work: Callable[[Connection], tuple[int, Result | None]]
    ) -> tuple[int, Result]:
        deadline = asyncio.get_running_loop().time() + _WAIT_SECONDS
        found = await self.services.reads.read(work, lacks=lambda found: found[0] < self._wanted)
        while True:
            position, result = found
            if position >= self._wanted:
                return position, result  # type: ignore[return-value]  # it was queried
            if asyncio.get_running_loop().time() > deadline:
                raise ApiError(
                    503,
                    "position_not_reached",
                    f"this page reflects position {position}, not yet {self._wanted}",
                    retry_after="1",
                )
            await self.services.progress.wait(self._wanted - 1, _LOOK_SECONDS)
            found = await self.services.store.read(work)  # no replica has it sooner


def _refuse_what_is_built(connection: Connection, missing: set[str]) -> None:
    """Raise 503 where a page would be empty only since what it shows is being built.

    Before a database's first read models nothing is built, and there is nothing to be shown.
    """
    building = builds.known_builds(connection)
    if found := sorted(missing & building.keys()):
        reached = min(building[name].position for name in found)
        raise ApiError(
            503,
            "read_model_building",
            f"the read model {' and '.join(found)} is being built; it is at position {reached}",
            retry_after="5",
        )


# FastAPI makes what is not asynchronous on a thread: that hand-over took a third of a request.
async def _reflecting(
    request: Request,
    response: Response,
    min_position: Annotated[
        int | None,
        Query(
            ge=0,
            le=MAX_INTEGER,
            description="wait, at most 5 s, until the answer reflects this position",
        ),
    ] = None,
) -> Reflecting:
    return Reflecting(request.app.state.services, response, min_position or 0)


Reflected = Annotated[Reflecting, Depends(_reflecting)]
