"""Reading one repository's policy file, and the event that it is news."""

import asyncio
from dataclasses import dataclass

from aggregates.lane.ours import policy_after
from aggregates.policy import read_policy_file
from events.catalogue import About, PolicyChanged, PolicyProblem, own_event
from events.envelope import NewEvent
from events.identity import keyed_id
from reactions.ports.answers import Repository
from reactions.ports.failures import Refused
from reactions.ports.github import Policing
from reactions.visits import Place

_MAX_MESSAGE = 300  # as PolicyProblem has it


@dataclass(frozen=True, slots=True)
class FoundFile:
    """What the file says, and the SHA of its blob; None: it is absent, or no text we can read."""

    content: PolicyChanged
    blob: str | None


async def read_file(github: Policing, repo: Repository, path: str) -> FoundFile:
    """Read the file as its newest commit has it; an absent one is the empty document."""
    commit = await github.last_commit(repo, path)
    if commit is None:
        return FoundFile(await _said(path, None, b""), None)
    try:
        file = await github.file(repo, path, commit)
    except Refused as refused:
        return FoundFile(_unreadable(path, commit, refused.because), None)
    if file is None:
        return FoundFile(await _said(path, commit, b""), None)
    text = file.text.encode(errors="replace")
    return FoundFile(await _said(path, commit, text), file.sha)


def change_event(place: Place, found: FoundFile) -> NewEvent | None:
    """Return the event that the policy changed, None where folding it would change nothing.

    What the lane last heard of is in the key, so that a change back is another event.
    """
    known, position = place.lane.ours.policy, place.lane.position
    if policy_after(known, position, found.content) is known:
        return None
    repository_id = place.lane.repository_id
    about = About(repository_id=repository_id, installation_id=place.repo.installation_id)
    commit = found.content.commit
    key = f"policy:repository:{repository_id}:{found.blob}:{commit}:{position}"
    return own_event(found.content, keyed_id(key), about=about)


async def _said(path: str, commit: str | None, text: bytes) -> PolicyChanged:
    file = await asyncio.to_thread(read_policy_file, text)  # what strangers wrote may take its time
    return PolicyChanged(
        layer="repository",
        origin=path,
        commit=commit,
        content=file.text,
        document=file.reading.document,
        problems=file.reading.problems,
    )


def _unreadable(path: str, commit: str, because: str) -> PolicyChanged:
    return PolicyChanged(
        layer="repository",
        origin=path,
        commit=commit,
        content="",
        document=None,
        problems=(PolicyProblem(path="", message=because[:_MAX_MESSAGE]),),
    )
