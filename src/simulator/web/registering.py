"""Making an App of a manifest: a page with its name, a button, and a code to fetch the rest."""

from urllib.parse import quote

from starlette.responses import Response

from simulator.payloads import Payload, an_organization
from simulator.state.accounts import OWNER
from simulator.state.manifest import name_problems, read_manifest
from simulator.web.pages import button, choice, form, hidden, page, paragraph, problem, text_field
from simulator.web.pages import redirect as lead
from simulator.web.visit import Visit

NEW, CREATE = "/settings/apps/new", "/settings/apps"
NEW_IN, CREATE_IN = "/organizations/{org}/settings/apps/new", "/organizations/{org}/settings/apps"


def ask(visit: Visit) -> Response:
    """Show what an App would be called, or what is wrong with its manifest."""
    told, wrong = read_manifest(visit.fields.get("manifest", ""))
    if wrong:
        return _unfit(wrong)
    return _asked(visit, str(told.get("name", "")), [])


def create(visit: Visit) -> Response:
    """Make the App, which takes the place of the one before, and lead back with a code."""
    manifest, wrong = read_manifest(visit.fields.get("manifest", ""))
    if wrong:
        return _unfit(wrong)
    name = visit.fields.get("name", "").strip()
    problems = name_problems(name, visit.site.registry.taken)
    if problems:
        return _asked(visit, name, problems)
    owner = _owner(visit)
    if owner is None:
        return problem("Register new GitHub App", "There is no such person.", 422)
    code = visit.site.registry.register(manifest, name, owner)
    state = visit.fields.get("state")
    return lead(manifest.get("redirect_url") or manifest["url"], {"code": code, "state": state})


def _asked(visit: Visit, name: str, problems: list[str]) -> Response:
    org = visit.path.get("org")
    people = (
        []
        if org
        else [
            choice("radio", "user", each["login"], on=each["id"] == OWNER["id"])
            for each in visit.people
        ]
    )
    kept = {key: visit.fields.get(key) for key in ("manifest", "state")}
    return page(
        "Register new GitHub App",
        *map(paragraph, problems),
        form(
            CREATE_IN.format(org=quote(org)) if org else CREATE,
            hidden(kept),
            text_field("name", name, "GitHub App name"),
            *people,
            button("Create GitHub App", "commit", "create"),
        ),
        status=422 if problems else 200,
    )


def _unfit(problems: list[str]) -> Response:
    return page(
        "Invalid GitHub App configuration",
        paragraph("The configuration does not appear to be a valid GitHub App manifest."),
        *map(paragraph, problems),
        status=422,
    )


def _owner(visit: Visit) -> Payload | None:
    """Return whose the App will be: the organisation's of the path, or a person's."""
    if "org" in visit.path:
        return an_organization(visit.path["org"])
    return visit.person(visit.fields.get("user") or OWNER["login"])
