"""Reads that say which log position they reflect, and can wait for one."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Annotated, TypeVar

from fastapi import Depends, Query, Request, Response
from sqlalchemy import Connection

from api.as_of import Moment, position_of
from api.problems import ApiError
from api.services import Services
from events.table import MAX_INTEGER
from projections.engine import builds, checkpoints
from projections.engine.projection import release_of
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

    @property
    def headers(self) -> dict[str, str]:
        """What an answer says of where it stands in the log, for one that is no model."""
        return {HEADER: self._response.headers[HEADER]}

    async def query(
        self,
        query: Callable[[Connection], Result],
        *projections: str,
        once_built: Collection[str] = (),
    ) -> Result:
        """Read checkpoints and rows in one snapshot; raises 503 when they never catch up.

        The answer reflects the position that all the named projections have reached, and those
        ``once_built`` that were ever built: the query does without those that were not.
        """

        def work(connection: Connection) -> tuple[int, Result | None]:
            standing = checkpoints.positions(connection)
            if not standing.keys() >= {*projections}:
                _refuse_what_is_built(connection, {*projections} - standing.keys())
            names = (*projections, *(standing.keys() & {*once_built}))
            position = min(standing.get(name, 0) for name in names)
            return position, query(connection) if position >= self._wanted else None

        position, result = await self._caught_up(work)
        self._response.headers[HEADER] = str(position)
        return result

    async def query_as_of(
        self,
        as_of: Moment | None,
        query: Callable[[Connection, int | None], Result],
        *names: str,
        once_built: Collection[str] = (),
    ) -> Result:
        """Query projections as of a moment: the query is handed its position; None for now.

        Waits until they reflect it. Raises ApiError: 422 for what is yet to come, 503 while their
        rows are an older release's, which did not keep all that is asked for.
        """
        if as_of is None:
            return await self.query(
                lambda connection: query(connection, None), *names, once_built=once_built
            )
        then = await position_of(self.services, as_of)
        self._wanted = max(self._wanted, then)
        versions = {each.name: each.version for each in self.services.projections}

        def work(connection: Connection) -> Result:
            _refuse_older_rows(connection, {name: versions[name] for name in names})
            return query(connection, then)

        found = await self.query(work, *names, once_built=once_built)
        self._response.headers[HEADER] = str(then)
        return found

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
        raise _being_built(found, f"it is at position {reached}")


def _refuse_older_rows(connection: Connection, versions: Mapping[str, int]) -> None:
    """Raise 503 where rows are those of an older release: how it was is built beside them."""
    standing = checkpoints.checkpoints(connection)
    older = [
        name
        for name in sorted(versions)
        if release_of(standing[name].version) < release_of(versions[name])
    ]
    if older:
        raise _being_built(older, "until then there is only what is now")


def _being_built(names: Collection[str], more: str) -> ApiError:
    sentence = f"the read model {' and '.join(names)} is being built; {more}"
    return ApiError(503, "read_model_building", sentence, retry_after="5")


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
