"""The FastAPI application, assembled from its parts."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import cache

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api import (
    actions,
    activity,
    audit,
    auth,
    availability,
    check_records,
    commands,
    consents,
    costs,
    dashboard,
    events,
    explain,
    health,
    installations,
    live,
    me,
    openapi,
    pauses,
    policy,
    problem_pages,
    problems,
    recovery,
    repositories,
    repository_policy,
    setup,
    tokens,
    workflow_commands,
    workflow_lists,
    workflows,
)
from api.compressing import Compressing
from api.conditional import Conditional
from api.frontend import serving
from api.health_probe import HealthProbe
from api.pages import home
from api.pages import program as program_page
from api.pages import repositories as repository_pages
from api.pages import setup as setup_pages
from api.parameters import known_parameters
from api.refusals import RefusalAudit
from api.requests import RequestContext
from api.routing import RoutesByPath
from api.services import Services
from api.tail import Tail
from api.webhooks import PATH, WebhookReceiver
from events.catalogue.people import SignInsRefused

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[Mapping[str, object]]]

_PAGES = (
    home.router,
    serving.router,
    setup_pages.router,
    repository_pages.router,
    program_page.router,
)
_ROUTERS = (
    auth.router,
    me.router,
    consents.router,
    tokens.router,
    dashboard.router,
    repositories.router,
    workflow_lists.router,
    workflows.router,
    explain.router,
    commands.router,
    workflow_commands.router,
    availability.router,
    pauses.router,
    actions.router,
    repository_policy.router,
    policy.router,
    installations.router,
    activity.router,
    check_records.router,
    costs.router,
    events.router,
    audit.router,
    problem_pages.router,
    recovery.router,
    setup.router,
    live.router,
    health.router,
)


class _Service(FastAPI):
    """FastAPI, and before it the receiver: a delivery passes no middleware and no routing of its.

    They took more than to verify, parse and store one.
    """

    receiver: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the lifespan."""
        if scope.get("path") == PATH and scope["method"] == "POST" and self.receiver is not None:
            await self.receiver(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(services: Services, lifespan: Lifespan | None = None) -> FastAPI:
    """Build the application over the services it is handed."""
    app = _bare(services, lifespan)
    app.state.tail = Tail(services.reads, services.links)
    receiver = WebhookReceiver(
        services.log, services.webhook_secrets, app.state.refusals, services.metrics
    )
    app.receiver = RequestContext(receiver, services)
    # Deliveries don't come this far; of other methods FastAPI says which one it is.
    app.router.routes.append(Route(PATH, receiver, methods=["POST"]))
    return _routed(app, services, every_route())


def create_health_app(services: Services, lifespan: Lifespan | None = None) -> FastAPI:
    """Build the application of a process that only works: it tells its health and metrics."""
    return _routed(_bare(services, lifespan), services, _health_routes())


def document(version: str) -> dict[str, object]:
    """Return the OpenAPI document of a release, which hangs on nothing that a service is handed."""
    app = _titled(version)
    openapi.install(app, every_route().shared.routes)
    return app.openapi()


def _titled(version: str, lifespan: Lifespan | None = None) -> _Service:
    return _Service(
        title="Copilot Workflow Orchestrator",
        version=version,
        summary="What happened, what is happening and why.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        responses=openapi.ERRORS,
        redirect_slashes=False,
    )


def _bare(services: Services, lifespan: Lifespan | None) -> _Service:
    app = _titled(services.version, lifespan)
    app.state.services = services
    app.state.health = HealthProbe(services)
    app.state.streams = Counter()
    app.state.refusals = RefusalAudit(services.log, services.clock)
    app.state.refused_sign_ins = RefusalAudit(services.log, services.clock, SignInsRefused)
    problems.install(app)
    return app


def _routed(app: _Service, services: Services, routes: RoutesByPath) -> FastAPI:
    app.router.routes.append(routes)
    app.dependency_overrides = routes.shared.dependency_overrides
    # From the inside out: the tag is of what was made, compressed or not.
    app.add_middleware(Conditional)
    app.add_middleware(Compressing)
    app.add_middleware(RequestContext, services=services)
    openapi.install(app, routes.shared.routes)
    return app


# What all applications of a process share: FastAPI builds routes when one is first looked for, in a
# tenth of a second.
@cache
def every_route() -> RoutesByPath:
    """Hold the routes of whoever serves."""
    return _including(*_ROUTERS, pages=_PAGES)


@cache
def _health_routes() -> RoutesByPath:
    return _including(health.router)


def _including(*routers: APIRouter, pages: Sequence[APIRouter] = ()) -> RoutesByPath:
    """Gather routes; those of the API take no query parameter that they do not know."""
    shared = FastAPI(
        openapi_url=None, responses=openapi.ERRORS, generate_unique_id_function=_operation_id
    )
    for router in pages:
        shared.include_router(router)
    for router in routers:
        shared.include_router(router, dependencies=[Depends(known_parameters)])
    return RoutesByPath(shared, (*pages, *routers))


def _operation_id(route: APIRoute) -> str:
    """Name an operation as its function: what reads well in programs that are made of the document.

    Routes whose function is named by what it shows say their id themselves.
    """
    return route.name
