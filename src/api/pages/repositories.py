"""The last page of set-up: repositories, what Copilot still lacks there, and how to begin."""

from collections.abc import Mapping, Sequence
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.agreeing import consenting_of
from api.auth import CALLBACK
from api.commanding import Commanding
from api.doorkeeping import counted
from api.pages.desk import Lacking, SetupDesk
from api.pages.rendering import page
from api.pages.setup import Desk
from api.pages.visitor import AtPage, OwnForm, Visitor, first
from api.people import People
from api.problems import ApiError
from events.catalogue import About, ModeSet
from events.catalogue.people import SettingChanged
from people.caller import Caller
from people.consenting import MOST, Asked
from people.sign_ins import LASTS, TooManySignIns
from people.vault import VaultMissing
from projections.access import EVERYTHING
from projections.repositories.item import RepositoryItem
from projections.repositories.queries import list_repositories
from reactions.ports.failures import Forbidden, GitHubFailure

router = APIRouter(prefix="/setup/repositories", include_in_schema=False)

_MOST = 200  # repositories on a page


@router.get("")
async def repositories(request: Request, visitor: AtPage, desk: Desk) -> Response:
    """List them."""
    _administrator(visitor)
    return await _page(request, visitor, desk, [])


@router.post("")
async def prepare(request: Request, visitor: AtPage, desk: Desk, form: OwnForm) -> Response:
    """Do what a button says in the repositories that were ticked."""
    caller = _administrator(visitor)
    ticked = set(form.get("repository", []))
    chosen = [each for each in await _known(request) if str(each.id) in ticked]
    if not chosen:
        return await _page(request, visitor, desk, ["Tick at least one repository first."])
    preparing = _Preparing(request, caller, desk)
    told = [line for each in chosen for line in await preparing.told(each, first(form, "do"))]
    if first(form, "do") == "live" and first(form, "act_as_me") and caller.user_id is not None:
        return await _consent(request, visitor, caller, [each.id for each in chosen])
    return await _page(request, visitor, desk, told)


async def _consent(
    request: Request, visitor: Visitor, caller: Caller, repositories: Sequence[int]
) -> Response:
    """Send a browser to GitHub, to come back as an acting user of repositories."""
    assert caller.user_id is not None  # noqa: S101 (which was asked)
    asked = Asked(caller.user_id, tuple(repositories[:MOST]), "/setup/repositories")
    consenting = consenting_of(request.app.state.services.people)
    await counted(request, "begun", caller)
    try:
        begun, url = await consenting.begin(asked, visitor.site.origin + CALLBACK)
    except (TooManySignIns, VaultMissing) as error:
        raise ApiError(503, "sign_in_unavailable", str(error), retry_after="60") from error
    answer = RedirectResponse(url, 303)
    visitor.site.set(answer, begun.browser, int(LASTS.total_seconds()), "_sign_in")
    return answer


class _Preparing:
    """Does one thing after the other in a repository, and says how it went."""

    def __init__(self, request: Request, caller: Caller, desk: SetupDesk) -> None:
        self._request = request
        self._caller = caller
        self._desk = desk
        self._people: People = request.app.state.services.people

    async def told(self, repository: RepositoryItem, what: str) -> list[str]:
        """Return a sentence for each thing that was done, or why it was not."""
        match what:
            case "labels":
                return [await self._labels(repository)]
            case "policy":
                return [await self._policy(repository)]
            case "live":
                return [await self._labels(repository), await self._live(repository)]
            case _:
                return []

    async def _labels(self, repository: RepositoryItem) -> str:
        name, installation = _where(repository)
        try:
            made = await self._desk.make_labels(installation, name)
        except GitHubFailure as error:
            return f"{name}: the labels could not be made: {error.words}"
        if made:
            await self._record("labels", name, repository)
        return f"{name}: {made} labels were made, the others were there."

    async def _policy(self, repository: RepositoryItem) -> str:
        name, installation = _where(repository)
        try:
            url = await self._desk.offer_policy(installation, name)
        except Forbidden:
            return (
                f"{name}: the App may not write files there (contents: write); copy the file below "
                f"to {self._desk.policy_path} yourself."
            )
        except GitHubFailure as error:
            return f"{name}: the pull request could not be opened: {error.words}"
        await self._record("policy_file", url, repository)
        return f"{name}: {url} adds the policy file."

    async def _live(self, repository: RepositoryItem) -> str:
        commanding = Commanding(self._request, Response(), self._caller, f"set-up:{uuid4()}")
        content = ModeSet(mode="live", reason="switched on in set-up")
        try:
            await commanding.give(content, About(repository_id=repository.id))
        except ApiError as error:
            return f"{repository.full_name}: {error}."
        return f"{repository.full_name}: the mode is live: queued issues are worked on."

    async def _record(self, name: str, value: str, repository: RepositoryItem) -> None:
        about = About(repository_id=repository.id)
        content = SettingChanged(name=name, value=value)
        await self._people.doors.record(content, self._caller.login, self._caller.user_id, about)


async def _page(
    request: Request, visitor: Visitor, desk: SetupDesk, told: Sequence[str]
) -> Response:
    examination = await desk.examination(anew=bool(told))
    found = (*examination.steps, *examination.checks)
    return page(
        "setup_repositories.html",
        visitor=visitor,
        repositories=await _known(request),
        lacking=_by_repository(found),
        findings=found,
        told=told,
        policy_path=desk.policy_path,
        policy_file=desk.policy_file(),
        forms_lead_to=desk.web_url,
        is_person=visitor.caller is not None and visitor.caller.user_id is not None,
        is_green=not any(each.state == "problem" for each in found),
    )


async def _known(request: Request) -> list[RepositoryItem]:
    found: list[RepositoryItem] = await request.app.state.services.store.read(
        lambda connection: list_repositories(connection, EVERYTHING, 0, _MOST)
    )
    return [each for each in found if each.installation is not None and not each.deleted]


def _by_repository(found: Sequence[Lacking]) -> Mapping[str, list[Lacking]]:
    lacking: dict[str, list[Lacking]] = {}
    for each in found:
        if each.about and each.state in ("warning", "problem"):
            lacking.setdefault(each.about, []).append(each)
    return lacking


def _where(repository: RepositoryItem) -> tuple[str, int]:
    assert repository.installation is not None  # noqa: S101 (only those are listed)
    return str(repository.full_name), repository.installation.id


def _administrator(visitor: Visitor) -> Caller:
    """Return who administers; raises 401 for strangers, 403 for others."""
    if visitor.caller is None:
        raise ApiError(401, "session_over", "sign in first, at the first page")
    if not visitor.administers:
        raise ApiError(403, "administrators_only", "this is for this server's administrators alone")
    return visitor.caller
