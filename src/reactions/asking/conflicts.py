"""Asking GitHub whether a pull request conflicts with its base."""

from datetime import datetime

from events.catalogue import ResyncObserved
from events.github.observations import kept
from reactions.asking.table import OpenQuestion
from reactions.ports.answers import Repository
from reactions.ports.github import Answering


async def ask_mergeable(
    github: Answering, repo: Repository, question: OpenQuestion, asked_at: datetime
) -> ResyncObserved | None:
    """Ask for the pull request, which GitHub computes it for; None while it does not know."""
    whole = await github.whole_pull_request(repo, question.pull_request_number)
    if not isinstance(whole.get("mergeable"), bool):
        return None
    answer = {**whole, "asked_at": asked_at.isoformat()}
    return ResyncObserved(
        kind="mergeable",
        object=kept("mergeable", answer),
        pull_request_number=question.pull_request_number,
    )
