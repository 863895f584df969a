"""Whether the service lives, can take deliveries and does its work; and metrics."""

import asyncio
from ipaddress import ip_address
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from api.access import OptionalAccess, authorised_access, bearer
from api.health_probe import Ready, Working, read_status
from api.problems import ApiError
from api.services import Services
from projections.access import Access

router = APIRouter(tags=["health"])


class Live(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


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
    """Say whether deliveries can be stored; to who sees everything, how far all is."""
    answer: Ready = await request.app.state.health.ready()
    if answer.status == "unavailable":
        response.status_code = 503
    return answer if _sees_all(access) else Ready(status=answer.status)


@router.get(
    "/api/health/work",
    response_model_exclude_none=True,
    responses={503: {"model": Working, "description": "A task is down, or a lag grows."}},
)
async def working(request: Request, response: Response, access: OptionalAccess) -> Working:
    """Say whether the process that answers works; to who sees everything, task by task."""
    answer: Working = await request.app.state.health.working()
    if answer.status == "unavailable":
        response.status_code = 503
    return answer if _sees_all(access) else Working(status=answer.status)


@router.get("/metrics", response_class=Response)
async def metrics(request: Request, credentials: Annotated[object, Depends(bearer)]) -> Response:
    """Metrics for Prometheus; open on the loopback interface, else with the token."""
    services: Services = request.app.state.services
    if not (services.metrics_open or _is_local(request)):
        access = await authorised_access(request, credentials)  # type: ignore[arg-type]
        if not _sees_all(access):
            raise ApiError(403, "access_insufficient", "metrics are of everything that there is")
    state = await read_status(services)
    lag = {each.name: each.lag for each in state.projections}
    parked = {each.name: each.parked for each in state.projections}
    tasks = services.background.tasks.values()
    down = {task.name: task.down_since is not None for task in tasks}
    services.metrics.background(down, services.lost_lines().lines)
    if services.replica is not None:
        services.metrics.replica(down=not services.replica.is_read)
    # Written in Python, a line for each bucket of each route: 60 ms in a process that lives long.
    page = await asyncio.to_thread(services.metrics.page, state.head.position, lag, parked)
    return Response(page, media_type=CONTENT_TYPE_LATEST)


def _sees_all(access: Access | None) -> bool:
    """Tell whether somebody may be told of the whole service, which tells of everybody's work."""
    return access is not None and access.is_everything


# What proxies, balancers and content networks add: of these beginnings whatever follows.
_OF_PROXIES = (
    "forwarded",
    "x-forwarded",
    "x-original-",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-envoy-",
    "x-amzn-",
    "x-amz-cf-",
    "x-arr-",
    "x-azure-",
    "x-appengine-",
    "x-cloud-trace-context",
    "x-vercel-",
    "x-nf-",
    "x-proxyuser-ip",
    "x-varnish",
    "true-client-ip",
    "client-ip",
    "cf-",
    "cdn-",
    "fastly-",
    "fly-",
    "akamai-",
    "tailscale-",
    "via",
)


def _is_local(request: Request) -> bool:
    """Tell whether a request came in on the loopback interface, and not through a proxy there."""
    if any(name.startswith(_OF_PROXIES) for name in request.headers):
        return False
    host = (request.scope.get("server") or ("", 0))[0]
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
