"""Errors over HTTP: RFC 9457 problem+json with a stable code, from one place."""

from http import HTTPStatus
from typing import Any, Literal, Self

import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.pages.rendering import page
from events.errors import (
    BindingRefused,
    DeliveryRefused,
    DeliveryTooLarge,
    EventRefused,
    LogUnavailable,
    MalformedDelivery,
    OrchestratorError,
    SignatureRefused,
    UnsupportedMediaType,
)
from events.store import is_outage, named

MEDIA_TYPE = "application/problem+json"
_RETRY_SECONDS = 5
_MOST_MISFITS = 50
_SEEN_BY_PEOPLE = ("/api/auth/login", "/api/auth/callback")

_log = structlog.get_logger("api")


class Misfit(BaseModel):
    """One place of a request that does not fit."""

    place: Literal["query", "path", "header", "cookie", "body"] = Field(examples=["query"])
    parameter: str = Field(
        examples=["limit"], description="its name; of a body the way to the field, with dots"
    )
    detail: str = Field(examples=["Input should be less than or equal to 200"])


class Problem(BaseModel):
    """What went wrong, for people (`title`, `detail`) and for programs (`code`)."""

    type: str = Field(default="about:blank", description="RFC 9457's type; `code` tells more")
    title: str = Field(examples=["Unauthorized"])
    status: int = Field(examples=[401])
    detail: str = Field(examples=["this needs Authorization: Bearer with the admin token"])
    code: str = Field(examples=["token_missing"], description="stable, for programs")
    request_id: str = Field(examples=["0f6d3b0c9f0e4b1f8a52"], description="as in the server's log")
    errors: list[Misfit] | None = Field(
        None, description="of `request_invalid` alone: each place that does not fit"
    )


class ApiError(OrchestratorError):
    """A request that cannot be served as it is."""

    def __init__(self, status: int, code: str, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.misfits: tuple[Misfit, ...] = ()

    @property
    def fault(self) -> BaseException | None:
        """Whose doing it is that this cannot be served: what raised it; None: nobody's.

        A page is not there yet, too many ask: that is no fault of anything.
        """
        return self.__cause__

    def at(self, *misfits: Misfit) -> Self:
        """Say, too, which places of the request do not fit; return this."""
        self.misfits = misfits
        return self


class CutOff(Exception):
    """What ends an answer that is under way; one that did not leave yet is what it was cut for."""

    def __init__(self, why: ApiError) -> None:
        super().__init__(str(why))
        self.why = why


def unfit(parameter: str, detail: str) -> ApiError:
    """Return the refusal of a query parameter that does not fit."""
    misfit = Misfit(place="query", parameter=parameter, detail=detail)
    return ApiError(422, "request_invalid", detail).at(misfit)


class ServiceStopping(ApiError):
    """A request that is not served to its end because the service stops."""

    def __init__(self) -> None:
        detail = "the service is stopping; send the request again"
        super().__init__(503, "service_stopping", detail, retry_after=str(_RETRY_SECONDS))

    @property
    def fault(self) -> None:
        """Nobody's, whatever was broken off by it."""


_DELIVERY_STATUS: dict[type[DeliveryRefused], int] = {
    SignatureRefused: HTTPStatus.UNAUTHORIZED,
    BindingRefused: HTTPStatus.FORBIDDEN,
    MalformedDelivery: HTTPStatus.BAD_REQUEST,
    DeliveryTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UnsupportedMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
}


def describe(error: Exception) -> ApiError:
    """Say any error in HTTP's terms; what is not known here is a 500 without details."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, CutOff):
        return error.why
    if isinstance(error, DeliveryRefused):
        return ApiError(_DELIVERY_STATUS[type(error)], error.code, str(error))
    if isinstance(error, LogUnavailable) or is_outage(error):
        detail = str(error) if isinstance(error, LogUnavailable) else "the database does not answer"
        return ApiError(503, "storage_unavailable", detail, retry_after=str(_RETRY_SECONDS))
    if isinstance(error, EventRefused):
        return ApiError(503, "event_refused", str(error))
    return ApiError(500, "internal_error", "something failed here; the server's log says what")


def problem_response(error: ApiError, request_id: str) -> Response:
    """Write an error as problem+json."""
    content: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": str(error),
        "code": error.code,
        "request_id": request_id,
    }
    if error.misfits:
        content["errors"] = [each.model_dump() for each in error.misfits]
    return Response(orjson.dumps(content), error.status, error.headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Answer every error of this application with problem+json."""
    app.add_exception_handler(OrchestratorError, _handle)
    app.add_exception_handler(HTTPException, _handle_http)
    app.add_exception_handler(RequestValidationError, _handle_invalid)


def answer_to(error: Exception, request_id: str) -> Response:
    """Answer an error with problem+json, and log what is a fault of ours or of the database.

    Where a sentence of ours refuses for now what somebody else's fault is behind, it is a warning.
    """
    described = describe(error)
    is_refusal = isinstance(error, ApiError)
    fault = error.fault if isinstance(error, ApiError) else error
    if described.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("request failed", code=described.code, exc_info=error)
    elif described.status > HTTPStatus.INTERNAL_SERVER_ERROR and fault is not None:
        tell = _log.warning if is_refusal else _log.error
        cause = named(error.__cause__ or error)
        tell("request failed", code=described.code, detail=str(error), cause=cause)
    return problem_response(described, request_id)


async def _handle(request: Request, error: Exception) -> Response:
    return _for_whom(request, error)


async def _handle_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (Starlette chose this handler by type)
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
    described = ApiError(error.status_code, code, str(error.detail))
    described.headers = dict(error.headers or {})
    return _for_whom(request, described)


async def _handle_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (as above)
    found = error.errors()[:_MOST_MISFITS]
    described = ApiError(422, "request_invalid", "; ".join(map(_sentence, found[:5])))
    return _for_whom(request, described.at(*map(_misfit, found)))


def _for_whom(request: Request, error: Exception) -> Response:
    """Answer an error as a page where a browser shows one, else as problem+json."""
    request_id = request_id_of(request.scope)
    answer = answer_to(error, request_id)
    path = request.url.path
    is_page = not f"{path}/".startswith("/api/") or path in _SEEN_BY_PEOPLE
    if not is_page or "text/html" not in request.headers.get("accept", ""):
        return answer
    described = describe(error)
    shown = page(
        "problem.html",
        described.status,
        title=HTTPStatus(described.status).phrase,
        detail=str(described),
        code=described.code,
        request_id=request_id,
        has_dashboard=request.app.state.services.frontend is not None,
    )
    shown.headers.update(described.headers)
    return shown


def _sentence(problem: dict[str, Any]) -> str:
    place = ".".join(str(part) for part in problem["loc"])
    return f"{place}: {problem['msg']}"[:300]


def _misfit(problem: dict[str, Any]) -> Misfit:
    place, *where = problem["loc"]
    return Misfit.model_construct(  # what FastAPI names is one of these
        place=place,
        parameter=".".join(map(str, where))[:100],
        detail=str(problem["msg"])[:300],
    )


def request_id_of(scope: dict[str, Any] | Any) -> str:  # noqa: ANN401 (an ASGI scope)
    """Return the id that the request middleware gave to a request."""
    return str(scope.get("state", {}).get("request_id", ""))
