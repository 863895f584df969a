"""Asking GitHub whether a pull request conflicts with its base."""

from datetime import datetime

from events.catalogue import ResyncObserved
from events.github.observations import kept
from events.json_types import JsonObject
from reactions.asking.table import OpenQuestion
from reactions.ports.github import Answering
from reactions.visits import Place


async def ask_mergeable(
    github: Answering, place: Place, question: OpenQuestion, asked_at: datetime
) -> ResyncObserved | None:
    """Ask for the pull request, which GitHub computes it for; None while it does not know."""
    whole = await github.whole_pull_request(place.repo, question.pull_request_number)
    if not isinstance(whole.get("mergeable"), bool):
        return None
    asked: JsonObject = {"asked_at": asked_at.isoformat(), "asked_after": place.lane.position}
    answer = {**whole, **asked}
    return ResyncObserved(
        kind="mergeable",
        object=kept("mergeable", answer),
        pull_request_number=question.pull_request_number,
    )
