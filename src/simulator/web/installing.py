"""Installing the App: an account is chosen, then its repositories."""

from urllib.parse import quote

from starlette.responses import Response

from simulator.payloads import Payload
from simulator.state.repositories import Repository
from simulator.web import authorize
from simulator.web.pages import (
    button,
    choice,
    form,
    hidden,
    link,
    not_found,
    page,
    paragraph,
    problem,
)
from simulator.web.pages import redirect as lead
from simulator.web.visit import Visit

APP = "/apps/{slug}"
NEW = "/apps/{slug}/installations/new"
CHOOSE = "/apps/{slug}/installations/new/permissions"
INSTALL = "/apps/{slug}/installations"


def show(visit: Visit) -> Response:
    """Show the App, with where to install it."""
    app = visit.site.app
    return _missing(visit) or page(
        app.name, paragraph(app.description), link(NEW.format(slug=app.slug), "Install")
    )


def ask(visit: Visit) -> Response:
    """Ask for an account: only its owner's, unless the App is public."""
    app = visit.site.app
    state = {"state": visit.query["state"]} if "state" in visit.query else {}
    accounts = [
        link(CHOOSE.format(slug=app.slug), each["login"], target_id=str(each["id"]), **state)
        for each in _accounts(visit)
    ]
    return _missing(visit) or page(f"Install {app.name}", *accounts)


def choose(visit: Visit) -> Response:
    """Ask for the account's repositories: all of them, or some."""
    account = _account(visit)
    if account is None or _missing(visit):
        return not_found()
    app, known = visit.site.app, visit.site.world.installation_at(account["login"])
    repositories = [
        choice("checkbox", "repository", each.full_name, on=_is_in(each, known))
        for each in visit.site.world.owned_by(account["login"])
    ]
    granted = [f"{level} access to {name}" for name, level in sorted(app.permissions.items())]
    return page(
        f"Install {app.name} on {account['login']}",
        *map(paragraph, granted),
        form(
            INSTALL.format(slug=quote(app.slug)),
            hidden({"target_id": str(account["id"]), "state": visit.query.get("state")}),
            choice("radio", "selection", "all", label="All repositories"),
            choice("radio", "selection", "selected", label="Only select repositories", on=True),
            *repositories,
            button("Save" if known else "Install", "commit", "install"),
        ),
    )


def install(visit: Visit) -> Response:
    """Install the App, or change what it reaches there, and lead to where its setup goes on."""
    account = _account(visit)
    if account is None or _missing(visit):
        return not_found()
    world, app = visit.site.world, visit.site.app
    theirs = [each.full_name for each in world.owned_by(account["login"])]
    everything = visit.fields.get("selection") == "all"
    chosen = (
        theirs if everything else [name for name in theirs if name in visit.chosen("repository")]
    )
    if not chosen:
        return problem(f"Install {app.name}", "Select at least one repository.", 422)
    known = world.installation_at(account["login"])
    installation_id = world.give(account, chosen, everything=everything, by=_by(visit, account))
    told = {
        "installation_id": str(installation_id),
        "setup_action": "update" if known else "install",
        "state": visit.fields.get("state"),
    }
    if app.request_oauth_on_install and not known:
        return lead(authorize.PATH, {"client_id": app.client_id, "state": told["state"]})
    if app.setup_url:
        return lead(app.setup_url, told)
    return page(f"{app.name} is installed on {account['login']}", *map(paragraph, chosen))


def _accounts(visit: Visit) -> list[Payload]:
    """Return the accounts on which the App may be installed."""
    world, app = visit.site.world, visit.site.app
    account = world.happenings.directory.account
    owners = {name.partition("/")[0].lower(): name.partition("/")[0] for name in world.repositories}
    found = [account(each) for each in sorted(owners.values())]
    return [each for each in found if app.public or each["id"] == app.owner["id"]]


def _account(visit: Visit) -> Payload | None:
    wanted = visit.fields.get("target_id")
    return next((each for each in _accounts(visit) if str(each["id"]) == wanted), None)


def _by(visit: Visit, account: Payload) -> Payload:
    """Return who installs it: the person themselves, or an admin of the organisation."""
    directory = visit.site.world.happenings.directory
    members = directory.members_of(account["login"])
    admins = [each for each in visit.people if members.get(each["id"]) == "admin"]
    return admins[0] if admins else account


def _is_in(repository: Repository, installation_id: int | None) -> bool:
    return installation_id is not None and repository.installation_id == installation_id


def _missing(visit: Visit) -> Response | None:
    return None if visit.path["slug"] == visit.site.app.slug else not_found()
