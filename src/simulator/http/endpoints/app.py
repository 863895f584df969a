"""The App itself, its installation, and who a token belongs to."""

from datetime import UTC, datetime

from simulator.http.answer import Answer
from simulator.http.call import Call, page_of
from simulator.payloads import Payload
from simulator.payloads.deliveries import DELIVERIES
from simulator.state.app import ALWAYS_DELIVERED
from simulator.state.refusals import Forbidden, NotFound, Refused
from simulator.state.repositories import Repository

_EVENTS = DELIVERIES.keys() - ALWAYS_DELIVERED - {"ping"}


def get_app(call: Call) -> Answer:
    """Answer with the App."""
    count = {"installations_count": len(call.site.world.installations)}
    return Answer(the_app(call) | count)


def list_installations(call: Call) -> Answer:
    """Answer with all installations, the oldest first."""
    ids = list(call.site.world.installations)
    return page_of(call, ids, lambda each: installation_of(call, each))


def get_installation(call: Call) -> Answer:
    """Answer with an installation."""
    return Answer(installation_of(call, known(call)))


def get_installation_of(call: Call) -> Answer:
    """Answer with the installation through which the App reaches a repository."""
    for each in call.site.world.repositories.values():
        if call.path["repository_id"] == str(each.id) and each.installation_id is not None:
            return Answer(installation_of(call, each.installation_id))
    raise NotFound


def create_token(call: Call) -> Answer:
    """Give a token of an installation, perhaps with less than all rights."""
    installation_id = known(call)
    permissions = _permissions(call)
    repositories = _repositories(call, installation_id)
    limited = frozenset(each.id for each in repositories) if repositories else None
    token, expires_at = call.site.credentials.grant_installation(
        permissions, limited, installation_id
    )
    body: Payload = {
        "token": token,
        "expires_at": datetime.fromtimestamp(expires_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "permissions": dict(permissions),
        "repository_selection": "selected",
    }
    if repositories:
        body["repositories"] = [each.snapshot() for each in repositories]
    return Answer(body, 201)


def list_repositories(call: Call) -> Answer:
    """Answer with the repositories that an installation's token reaches."""
    if call.caller.is_user:
        raise Forbidden(
            "You must authenticate with an installation access token in order to list repositories "
            "for an installation."
        )
    all_of_them = call.site.world.repositories.values()
    shown = [each for each in all_of_them if call.caller.reaches(each)]
    return page_of(call, shown, Repository.snapshot, "repositories")


def get_user(call: Call) -> Answer:
    """Answer with whose token it is."""
    if not call.caller.is_user:
        raise Forbidden("Resource not accessible by integration")
    return Answer(call.by | {"name": call.by["login"], "email": None})


def get_account(call: Call) -> Answer:
    """Answer with an account: a person, or the user of an App."""
    found = call.site.world.happenings.directory.named(call.path["login"])
    if found is None:
        raise NotFound
    return Answer(found)


def get_rate_limit(call: Call) -> Answer:
    """Answer with what is left of the limits."""
    resources = {name: _limit(call, name) for name in ("core", "graphql")}
    return Answer({"resources": resources, "rate": resources["core"]})


def get_meta(_: Call) -> Answer:
    """Answer with where deliveries come from: the loopback networks."""
    return Answer(
        {"verifiable_password_authentication": False, "hooks": ["127.0.0.0/8", "::1/128"]}
    )


def _limit(call: Call, resource: str) -> Payload:
    headers = call.site.limits.headers(call.caller.name, resource)
    names = ("limit", "remaining", "used", "reset")
    return {name: int(headers[f"x-ratelimit-{name}"]) for name in names}


def the_app(call: Call) -> Payload:
    """Build the App, with what it was given and the address of its page here."""
    html_url = f"{call.site.url}/apps/{call.app.slug}"
    return call.app.payload() | {"html_url": html_url} | _granted(call)


def installation_of(call: Call, installation_id: int) -> Payload:
    """Build an installation as it is now, with what it gives to the App."""
    return call.site.world.installation(installation_id) | _granted(call)


def _granted(call: Call) -> Payload:
    events = _EVENTS if call.app.events is None else call.app.events
    return {"permissions": call.app.permissions, "events": sorted(events)}


def known(call: Call) -> int:
    """Return the installation that the path names, if there is one."""
    for installation_id in call.site.world.installations:
        if call.path["installation_id"] == str(installation_id):
            return installation_id
    raise NotFound


def _permissions(call: Call) -> Payload:
    granted = call.app.permissions
    asked: Payload = call.body.get("permissions") or dict(granted)
    more = {name for name in asked if asked[name] not in ("read", granted.get(name))}
    if more or not asked.keys() <= granted.keys():
        raise Refused(
            "The permissions requested are not granted to this installation.", sorted(more)
        )
    return asked


def _repositories(call: Call, installation_id: int) -> list[Repository]:
    ids = call.body.get("repository_ids") or []
    names = call.body.get("repositories") or []
    reached = call.site.world.installed(installation_id)
    found = [each for each in reached if each.id in ids or each.snapshot()["name"] in names]
    if len(found) < max(len(ids), len(names)):
        raise Refused(
            "There is at least one repository that does not exist or is not accessible to the "
            "parent installation."
        )
    return found
