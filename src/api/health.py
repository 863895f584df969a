"""Whether the service lives and whether it can do its work; and metrics."""

import asyncio
from collections.abc import Awaitable
from ipaddress import ip_address
from typing import Annotated, Literal

import structlog
from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, Field

from api.access import OptionalAccess, authorised_access, bearer
from api.services import Services
from events.store import named
from projections.engine.status import LogStatus, status

router = APIRouter(tags=["health"])

_CHECK_SECONDS = 3.0
_REMEMBER_SECONDS = 1.0  # strangers may ask; the database is not asked more often than this

_log = structlog.get_logger("health")


class Live(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class ProjectionHealth(BaseModel):
    """How far one read model is behind, and how many events it could not digest."""

    position: int
    lag: int
    parked: int
    newer: bool | None = Field(
        default=None, description="true: a newer release makes it, and this one leaves it alone"
    )


class Ready(BaseModel):
    """The bare status for anybody; the rest only with a token."""

    status: Literal["ok", "unavailable"]
    database: str | None = None
    head: int | None = None
    projections: dict[str, ProjectionHealth] | None = None
    wrong: list[str] | None = None


class ReadinessProbe:
    """Tries to read and to append-lock the log, at most once a second for all who ask."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._asked_at = float("-inf")
        self._answer: Ready | None = None
        self._asking = asyncio.Lock()

    async def ready(self) -> Ready:
        """Return the present state, or one no older than a second."""
        async with self._asking:
            now = asyncio.get_running_loop().time()
            if self._answer is None or now - self._asked_at > _REMEMBER_SECONDS:
                self._answer, self._asked_at = await self._probe(), now
            return self._answer

    async def _probe(self) -> Ready:
        log = self._services.log
        wrong = await _failure("the log cannot be appended to", log.check_appendable())
        state: LogStatus | None = None

        async def look() -> None:
            nonlocal state
            state = await read_status(self._services)

        wrong += await _failure("the log cannot be read", look())
        return Ready(
            status="unavailable" if wrong else "ok",
            database=self._services.store.dialect,
            head=state.head.position if state else None,
            projections=_projections(state) if state else None,
            wrong=wrong or None,
        )


async def read_status(services: Services) -> LogStatus:
    """Read the log's head and the projections' positions."""
    return await services.store.read(lambda connection: status(connection, services.projections))


@router.get("/api/health/live")
async def live() -> Live:
    """Say that the process answers; asks nothing else."""
    return Live()


@router.get(
    "/api/health/ready",
    response_model_exclude_none=True,
    responses={503: {"model": Ready, "description": "The log cannot be read or appended to."}},
)
async def ready(request: Request, response: Response, access: OptionalAccess) -> Ready:
    """Say whether deliveries can be stored; with a token, how far everything is."""
    answer: Ready = await request.app.state.readiness.ready()
    if answer.status != "ok":
        response.status_code = 503
    return answer if access is not None else Ready(status=answer.status)


@router.get("/metrics", response_class=Response)
async def metrics(request: Request, credentials: Annotated[object, Depends(bearer)]) -> Response:
    """Metrics for Prometheus; open on the loopback interface, else with the token."""
    services: Services = request.app.state.services
    if not (services.metrics_open or _is_local(request)):
        await authorised_access(request, credentials)  # type: ignore[arg-type]
    state = await read_status(services)
    lag = {each.name: each.lag for each in state.projections}
    parked = {each.name: each.parked for each in state.projections}
    page = services.metrics.page(state.head.position, lag, parked)
    return Response(page, media_type=CONTENT_TYPE_LATEST)


def _is_local(request: Request) -> bool:
    """Tell whether a request came in on the loopback interface, and not through a proxy there."""
    if any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip")):
        return False
    host = (request.scope.get("server") or ("", 0))[0]
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


async def _failure(what: str, attempt: Awaitable[None]) -> list[str]:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            await attempt
    except Exception as error:  # noqa: BLE001 (whatever it is, we are not ready, and say so)
        _log.warning("not ready", what=what, error=named(error))
        return [f"{what}: {named(error)}"]
    return []


def _projections(state: LogStatus) -> dict[str, ProjectionHealth]:
    return {
        each.name: ProjectionHealth(
            position=each.position, lag=each.lag, parked=each.parked, newer=each.newer or None
        )
        for each in state.projections
    }
