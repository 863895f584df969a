"""Coming back from GitHub with a consent: of the person of the session, and of nobody else."""

from fastapi import Request
from sqlalchemy import Connection

from api.people import People
from api.problems import ApiError
from api.site import Site
from people.consenting import AnotherPerson, Asked, Consenting, MayNotWrite
from people.consents import Where, where_of
from people.sign_ins import SignIn


async def agreed(request: Request, site: Site, sign_in: SignIn, code: str, uri: str) -> str:
    """Keep what somebody agreed to at GitHub, and return where their browser goes on.

    Raises ApiError, GitHubRefused, GitHubSilent.
    """
    people: People = request.app.state.services.people
    asked, consenting = Asked.of(sign_in), consenting_of(people)
    secret = request.cookies.get(site.cookie())
    found = await people.recognition.of_session(secret) if secret else None
    if found is None or found[0].user_id != asked.user_id:
        raise ApiError(
            403, "consent_other_person", "who began this consent is not signed in here any more"
        )
    places = await request.app.state.services.store.read(
        lambda connection: places_of(connection, asked.repositories)
    )
    try:
        await consenting.agreed(sign_in, code, uri, places)
    except AnotherPerson as another:
        raise ApiError(403, "consent_other_person", str(another)) from another
    except MayNotWrite as reader:
        raise ApiError(403, "role_too_low", str(reader)) from reader
    return asked.return_to


def consenting_of(people: People) -> Consenting:
    """Return who takes consents; raises ApiError where nobody can."""
    why_not = people.why_not()
    if people.consenting is None or why_not is not None:
        raise ApiError(503, "sign_in_unavailable", why_not or "nobody consents here")
    return people.consenting


def places_of(connection: Connection, repositories: tuple[int, ...]) -> list[Where]:
    """Return where repositories are at GitHub; raises ApiError where the App does not reach one."""
    found = []
    for repository_id in repositories:
        where = where_of(connection, repository_id)
        if where is None:
            raise ApiError(
                409, "app_missing", f"the App does not reach the repository {repository_id} now"
            )
        found.append(where)
    return found
