"""Set-up as a checklist over HTTP: what was looked at, how it is, and what is to be done next."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal, TypeAlias

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from api.access import Recognised
from api.pages.desk import Examined, Lacking, SetupDesk
from api.problems import ApiError
from projections.references import Links

router = APIRouter(prefix="/api/setup", tags=["setup"])

State: TypeAlias = Literal["ok", "warning", "failed", "unknown"]

_STATES: dict[str, State] = {
    "ok": "ok",
    "warning": "warning",
    "problem": "failed",
    "skipped": "unknown",
}


class NextStep(BaseModel):
    """What to do, and where: one of the three, or none where it is done in several places."""

    sentence: str = Field(examples=["install it, from its page at GitHub"])
    html_url: str | None = Field(description="a page at GitHub")
    path: str | None = Field(description="a page of this server", examples=["/setup/step"])
    command: str | None = Field(
        description="what is run where the service is", examples=["copilot-orchestrator verify"]
    )


class SetupCheck(BaseModel):
    """One line: something that was looked at."""

    id: str = Field(description="the same from one look to the next", examples=["webhook-secret"])
    title: str = Field(examples=["Webhook secret"])
    about: str | None = Field(
        description="which one of several, such as a repository", examples=["octo-org/pump"]
    )
    state: State = Field(
        description="`warning`: not all works, or not as safely as it could; `failed`: it must be "
        "mended; `unknown`: it was not looked at, the sentence says why"
    )
    sentence: str = Field(examples=["one is set"])
    next_step: NextStep | None = Field(description="null where nothing is to be done")


class SetupChecklist(BaseModel):
    """What `copilot-orchestrator doctor` finds with the settings of the running service."""

    looked_at: datetime
    steps: list[SetupCheck] = Field(description="what set-up does, in its order")
    checks: list[SetupCheck] = Field(description="all else")


@router.get("", operation_id="show_setup")
async def setup(request: Request, _caller: Recognised) -> SetupChecklist:
    """Show how everything is set up, as of the last seconds; administrators alone."""
    return _checklist(request, await _desk(request).examination())


@router.post("/look", operation_id="look_at_setup")
async def look(request: Request, _caller: Recognised) -> SetupChecklist:
    """Look again: GitHub is asked what it was asked seconds ago. Changes nothing."""
    return _checklist(request, await _desk(request).examination(anew=True))


def _desk(request: Request) -> SetupDesk:
    desk: SetupDesk | None = request.app.state.services.setup
    if desk is None:
        raise ApiError(404, "not_found", "nothing is set up here")
    return desk


def _checklist(request: Request, found: Examined) -> SetupChecklist:
    links: Links = request.app.state.services.links
    return SetupChecklist(
        looked_at=found.looked_at,
        steps=list(_checks(found.steps, links)),
        checks=list(_checks(found.checks, links)),
    )


def _checks(lines: Iterable[Lacking], links: Links) -> Iterator[SetupCheck]:
    """Yield the lines, each with an id of its own though several may be of one thing."""
    known: Counter[str] = Counter()
    for line in lines:
        name = ":".join(filter(None, (line.check.lower().replace(" ", "-"), line.about)))
        known[name] += 1
        yield SetupCheck(
            id=name if known[name] == 1 else f"{name}:{known[name]}",
            title=line.check[:1].upper() + line.check[1:],
            about=line.about or None,
            state=_STATES[line.state],
            sentence=line.found,
            next_step=_next_step(line, links),
        )


def _next_step(line: Lacking, links: Links) -> NextStep | None:
    if not line.advice:
        return None
    way = line.way
    # Whoever answers as GitHub leads nobody elsewhere.
    there = way.html_url.startswith(f"{links.web_url}/")
    return NextStep(
        sentence=line.advice,
        html_url=way.html_url if there else None,
        path=way.path or None,
        command=way.command or None,
    )
