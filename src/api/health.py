"""Whether the service lives, can take deliveries and does its work; and metrics."""

import asyncio
from ipaddress import ip_address
from typing import Literal

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from api.access import Credentials, OptionalCaller, recognise
from api.health_probe import Ready, Working, read_status
from api.services import Services
from people.caller import Caller

router = APIRouter(tags=["health"])


class Live(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


@router.get("/api/health/live", operation_id="check_liveness")
async def live() -> Live:
    """Say that the process answers; asks nothing else."""
    return Live()


@router.get(
    "/api/health/ready",
    operation_id="check_readiness",
    response_model_exclude_none=True,
    responses={503: {"model": Ready, "description": "The log cannot be read or appended to."}},
)
async def ready(request: Request, response: Response, caller: OptionalCaller) -> Ready:
    """Say whether deliveries can be stored; to administrators, how far all is."""
    answer: Ready = await request.app.state.health.ready()
    if answer.status == "unavailable":
        response.status_code = 503
    return answer if _may_know(caller) else Ready(status=answer.status)


@router.get(
    "/api/health/work",
    operation_id="check_work",
    response_model_exclude_none=True,
    responses={503: {"model": Working, "description": "A task is down, or a lag grows."}},
)
async def working(request: Request, response: Response, caller: OptionalCaller) -> Working:
    """Say whether the process that answers works; to administrators, task by task."""
    answer: Working = await request.app.state.health.working()
    if answer.status == "unavailable":
        response.status_code = 503
    return answer if _may_know(caller) else Working(status=answer.status)


@router.get("/metrics", operation_id="show_metrics", response_class=Response)
async def metrics(request: Request, credentials: Credentials) -> Response:
    """Metrics for Prometheus; open on the loopback interface, else with the token."""
    services: Services = request.app.state.services
    if not (services.metrics_open or _is_local(request)):
        await recognise(request, credentials)
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


def _may_know(caller: Caller | None) -> bool:
    """Say whether somebody is told of what is everybody's: how far the server's own work is."""
    return caller is not None and caller.administers


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
