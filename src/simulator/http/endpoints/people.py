"""What a person reaches through the App, and what people are to organisations."""

from simulator.http.answer import Answer
from simulator.http.call import Call, page_of
from simulator.http.endpoints.app import installation_of, known
from simulator.http.endpoints.repositories import rights
from simulator.payloads import Payload, an_organization
from simulator.payloads.payload import API
from simulator.state.refusals import Forbidden, NotFound
from simulator.state.repositories import Repository


def list_installations(call: Call) -> Answer:
    """Answer with the installations in which the person was given access to something."""
    _only_people(call)
    mine = [each for each in call.site.world.installations if _is_theirs(call, each)]
    return page_of(call, mine, lambda each: installation_of(call, each), "installations")


def list_repositories(call: Call) -> Answer:
    """Answer with an installation's repositories to which the person was given access.

    Those that anyone may read are missing, unless they are among these.
    """
    _only_people(call)
    installation_id = known(call)
    if not _is_theirs(call, installation_id):
        raise NotFound

    def shown(repository: Repository) -> Payload:
        role = repository.access.role(call.by)
        return repository.snapshot() | {"permissions": rights(role), "role_name": role}

    return page_of(call, _given(call, installation_id), shown, "repositories")


def get_my_membership(call: Call) -> Answer:
    """Answer with what the person is to an organisation in which the App is installed."""
    _only_people(call)
    _installed_at(call)
    return Answer(_membership(call, call.by))


def get_membership(call: Call) -> Answer:
    """Answer with what someone is to an organisation."""
    installation_id = _installed_at(call)
    if not call.caller.is_user and call.caller.installation_id != installation_id:
        raise Forbidden(_INACCESSIBLE)
    user = call.site.world.happenings.directory.person(call.path["login"])
    if user is None:
        raise NotFound
    return Answer(_membership(call, user))


_INACCESSIBLE = "Resource not accessible by integration"


def _only_people(call: Call) -> None:
    if not call.caller.is_user:
        raise Forbidden(_INACCESSIBLE)


def _is_theirs(call: Call, installation_id: int) -> bool:
    """Whether a person has to do with an installation: it is theirs, or something in it is."""
    account = call.site.world.installation(installation_id)["account"]
    return bool(account["id"] == call.by["id"]) or bool(_given(call, installation_id))


def _given(call: Call, installation_id: int) -> list[Repository]:
    reached = call.site.world.installed(installation_id)
    return [each for each in reached if each.access.role(call.by) != "none"]


def _installed_at(call: Call) -> int:
    found = call.site.world.installation_at(call.path["org"])
    if found is None:
        raise Forbidden(_INACCESSIBLE)
    return found


def _membership(call: Call, user: Payload) -> Payload:
    """Build what someone is to the organisation of the path, as it is spelt there."""
    login = call.path["org"]
    standing = call.site.world.happenings.directory.members_of(login).get(user["id"])
    if standing is None or user["id"] in call.site.world.happenings.directory.deleted:
        raise NotFound
    organization = an_organization(login)
    url = f"{API}/orgs/{login}"
    return {
        "url": f"{url}/memberships/{user['login']}",
        "state": "active",
        "role": standing,
        "organization_url": url,
        "organization": organization,
        "user": user,
        "permissions": {"can_create_repository": standing == "admin"},
    }
