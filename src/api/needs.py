"""What each route needs: one table for all of them, and what is said to whoever lacks it."""

from collections.abc import Mapping
from enum import StrEnum

from api.problems import ApiError
from people.caller import Caller
from people.roles import Role


class Need(StrEnum):
    """What somebody must be to use a route.

    ``READER``: anybody who was recognised, who is shown what their access holds. ``OPERATOR`` and
    ``MAINTAINER``: of the repository in the path. ``OWNER``: of the installation in the path.
    ``PERSON``: somebody with a session, about themselves.
    """

    OPEN = "open"
    READER = "reader"
    PERSON = "person"
    OPERATOR = "operator"
    MAINTAINER = "maintainer"
    OWNER = "owner"
    ADMINISTRATOR = "administrator"


_R = "/api/repositories/{repository_id}"
_W = f"{_R}/workflows/{{issue_number}}"
_I = "/api/installations/{installation_id}"

NEEDS: Mapping[str, Need] = {
    "POST /api/webhooks/github": Need.OPEN,  # each delivery is signed
    "GET /api/health/live": Need.OPEN,
    "GET /api/health/ready": Need.OPEN,  # details for administrators only
    "GET /api/health/work": Need.OPEN,  # likewise
    "GET /metrics": Need.ADMINISTRATOR,  # unless it is open, as on loopback
    "GET /api/auth/login": Need.OPEN,
    "GET /api/auth/ways": Need.OPEN,  # who comes to sign in is nobody yet
    "GET /api/auth/callback": Need.OPEN,
    "POST /api/auth/logout": Need.PERSON,
    "POST /api/auth/session": Need.ADMINISTRATOR,  # the admin token itself
    "GET /api/me": Need.READER,
    "GET /api/sessions": Need.PERSON,
    "DELETE /api/sessions": Need.PERSON,
    "DELETE /api/sessions/{session_id}": Need.PERSON,
    "GET /api/consents": Need.PERSON,
    "POST /api/consents": Need.PERSON,  # and of each repository in its body: OPERATOR
    "DELETE /api/consents": Need.PERSON,
    "DELETE /api/consents/{repository_id}": Need.PERSON,
    f"GET {_R}/acting-users": Need.OPERATOR,
    f"PUT {_R}/acting-users/order": Need.MAINTAINER,
    "GET /api/tokens": Need.READER,  # no program; of others: administrators
    "POST /api/tokens": Need.PERSON,
    "DELETE /api/tokens/{token_id}": Need.READER,  # likewise; a program its own
    "POST /api/auth/program": Need.OPEN,  # a code and what proves that it is one's own
    "GET /api/dashboard": Need.READER,
    "GET /api/repositories": Need.READER,
    "GET /api/workflows": Need.READER,
    "GET /api/pauses": Need.READER,
    f"GET {_R}": Need.READER,
    f"GET {_R}/queue": Need.READER,
    f"GET {_R}/workflows": Need.READER,
    f"GET {_W}": Need.READER,
    f"GET {_W}/explain": Need.READER,
    f"GET {_R}/policy": Need.READER,
    "GET /api/commands": Need.READER,
    f"GET {_R}/commands": Need.READER,  # which of them one may give, too
    f"GET {_W}/commands": Need.READER,  # likewise
    f"POST {_R}/pause": Need.OPERATOR,
    f"POST {_R}/resume": Need.OPERATOR,
    f"POST {_R}/queue/order": Need.OPERATOR,
    f"POST {_R}/mode": Need.MAINTAINER,
    f"POST {_R}/installation": Need.ADMINISTRATOR,
    f"POST {_I}/pause": Need.OWNER,
    f"POST {_I}/resume": Need.OWNER,
    "POST /api/pause": Need.ADMINISTRATOR,
    "POST /api/resume": Need.ADMINISTRATOR,
    f"POST {_W}/enqueue": Need.OPERATOR,
    f"POST {_W}/link": Need.OPERATOR,
    f"POST {_W}/skip": Need.OPERATOR,
    f"POST {_W}/retry": Need.OPERATOR,
    f"POST {_W}/take-over": Need.OPERATOR,
    f"POST {_W}/release": Need.OPERATOR,
    "GET /api/actions": Need.READER,
    "GET /api/actions/{action_id}": Need.READER,
    "GET /api/policy/schema": Need.OPEN,  # editors fetch it
    "POST /api/policy/check": Need.READER,
    "GET /api/repositories/{repository_id}/checks": Need.READER,
    "GET /api/costs": Need.READER,
    "GET /api/repositories/{repository_id}/costs": Need.READER,
    "GET /api/installations": Need.READER,
    "GET /api/activity": Need.READER,
    "GET /api/audit": Need.READER,
    "GET /api/events": Need.READER,
    "GET /api/events/{position}": Need.READER,
    "GET /api/problems/parked": Need.READER,
    "GET /api/problems/reading": Need.READER,
    "GET /api/problems/lanes": Need.READER,
    "GET /api/recovery": Need.READER,
    "GET /api/live": Need.READER,
    "GET /api/setup": Need.ADMINISTRATOR,
    "POST /api/setup/look": Need.ADMINISTRATOR,
    "GET /": Need.OPEN,  # the dashboard, which reads as whoever looks at it
    "GET /lanes": Need.OPEN,
    "GET /events": Need.OPEN,
    "GET /events/{position}": Need.OPEN,
    "GET /actions": Need.OPEN,
    "GET /actions/{action_id}": Need.OPEN,
    "GET /commands": Need.OPEN,
    "GET /costs": Need.OPEN,
    "GET /account": Need.OPEN,
    "GET /r/{owner}/{name}": Need.OPEN,
    "GET /r/{owner}/{name}/policy": Need.OPEN,
    "GET /r/{owner}/{name}/{issue}": Need.OPEN,
    "GET /_app/{path:path}": Need.OPEN,
    "GET /favicon.svg": Need.OPEN,
    "GET /theme.js": Need.OPEN,
    "POST /sign-out": Need.OPEN,  # one's own session, proven by the form
    "GET /assets/{name}": Need.OPEN,
    "GET /program": Need.OPEN,  # who is not signed in is sent to sign in
    "POST /program": Need.OPEN,  # one's own session, proven by the form
    "GET /setup": Need.OPEN,  # a stranger is asked for the code
    "GET /setup/step": Need.OPEN,  # likewise
    "POST /setup/code": Need.OPEN,  # the link's secret itself
    "POST /setup/app": Need.OPEN,  # the browser that spent the link, or an administrator; so below
    "GET /setup/app": Need.OPEN,
    "GET /setup/installed": Need.OPEN,
    "POST /setup/sign-in": Need.OPEN,
    "GET /setup/repositories": Need.ADMINISTRATOR,
    "POST /setup/repositories": Need.ADMINISTRATOR,
    "GET /openapi.json": Need.READER,
    "GET /docs": Need.READER,
}
_GITHUBS_WORDS = {
    Role.VIEWER: "read access",
    Role.OPERATOR: "write access",
    Role.MAINTAINER: "the role maintain or admin",
}


def need_of(method: str, template: str) -> Need:
    """Return what a route needs; one that no row names is for administrators only."""
    return NEEDS.get(f"{'GET' if method == 'HEAD' else method} {template}", Need.ADMINISTRATOR)


def require(caller: Caller, need: Need, parameters: Mapping[str, object]) -> None:
    """Raise ApiError unless somebody may use a route: 404 of what they must not know of."""
    match need:
        case Need.OPEN | Need.READER:
            return
        case Need.PERSON:
            if caller.means != "session":
                raise ApiError(403, "session_needed", "this is about a session, and needs one")
        case Need.OPERATOR:
            _require_role(caller, Role.OPERATOR, _number(parameters, "repository_id"))
        case Need.MAINTAINER:
            _require_role(caller, Role.MAINTAINER, _number(parameters, "repository_id"))
        case Need.OWNER:
            _require_owner(caller, _number(parameters, "installation_id"))
        case Need.ADMINISTRATOR:
            if not caller.administers:
                raise ApiError(
                    403, "administrators_only", "this is for this server's administrators alone"
                )


def _require_role(caller: Caller, least: Role, repository_id: int) -> None:
    role = caller.role_in(repository_id)
    if role is Role.NONE:
        raise ApiError(404, "repository_not_found", f"no repository has the id {repository_id}")
    if role < least:
        raise ApiError(
            403,
            "role_too_low",
            f"this needs {_GITHUBS_WORDS[least]} to the repository at GitHub (here: "
            f"{least.word}); @{caller.login} is {role.word}",
        )


def _require_owner(caller: Caller, installation_id: int) -> None:
    if caller.owns(installation_id):
        return
    if not caller.knows_installation(installation_id):
        raise ApiError(
            404, "installation_not_found", f"no installation has the id {installation_id}"
        )
    raise ApiError(
        403,
        "role_too_low",
        "this needs the owner of the account where the App is installed (of an organization: an "
        f"admin); @{caller.login} is not",
    )


def _number(parameters: Mapping[str, object], name: str) -> int:
    """Read an id of the path; the route refuses what is none, by its own sentence."""
    given = str(parameters.get(name, ""))
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 20 else 0  # noqa: PLR2004 (more than any id)
