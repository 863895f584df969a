"""GitHub's payloads as the history tells them: of the simulator's shape, and of a typical size.

An address that follows from another is left out, and texts are as long as people write them, so
that a delivery has some 8 KB; with our own small events among them the mean is 5.6 KB.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import orjson

from events.delivery import delivery_event
from events.envelope import NewEvent
from simulator.delivery import headers
from simulator.payloads import (
    Payload,
    a_check_run,
    a_comment,
    a_label,
    a_pull_request,
    a_repository,
    a_review,
    a_sha,
    a_user,
    an_issue,
    copilot_agent,
)
from simulator.payloads.installations import an_installation_stub

_INSTALLATION = 48_151_623
SENTENCE = "The session is closed after the third missed heartbeat and a fresh one is opened. "
_TEXTS = {"issues": 40, "issue_comment": 24, "check_run": 44}


def thin(value: Any) -> Any:  # noqa: ANN401 (any JSON)
    """Return JSON without the addresses that follow from others."""
    if isinstance(value, dict):
        return {
            name: thin(below)
            for name, below in value.items()
            if name == "html_url" or not name.endswith(("_url", "_links"))
        }
    return [thin(each) for each in value] if isinstance(value, list) else value


class Shapes:
    """Builds what happens in one repository, quickly: from templates that are built once."""

    def __init__(self, full_name: str) -> None:
        repository = a_repository(full_name)
        pull = a_pull_request(repository=repository)
        self.repository_id: int = repository["id"]
        self.installation_id = _INSTALLATION
        self.copilot: Payload = thin(copilot_agent())
        self.person: Payload = thin(a_user("mona-maintains"))
        self.reviewer: Payload = thin(a_user("ravi-reviews"))
        self._repository: Payload = thin(repository)
        self._issue: Payload = thin(an_issue(repository=repository))
        self._pull: Payload = thin(pull)
        self._check: Payload = thin(a_check_run(repository=repository))
        self._review: Payload = thin(a_review(pull_request=pull))
        self._comment: Payload = thin(a_comment(issue=an_issue(repository=repository)))
        self._label: Payload = thin(a_label("bug", repository))
        self._sent = count(1)
        self._ids: Iterator[int] = count(1000 * self.repository_id)

    def new_id(self) -> int:
        """Return the next id that GitHub gives to what it makes."""
        return next(self._ids)

    def issue(self, number: int, **fields: object) -> Payload:
        """Build an issue."""
        body = SENTENCE * _TEXTS["issues"]
        same = {"id": self._id("issue", number), "number": number, "body": body}
        return self._issue | same | fields

    def pull(self, number: int, sha: str, **fields: object) -> Payload:
        """Build a pull request with a commit as its head."""
        head: Payload = self._pull["head"] | {"sha": sha, "ref": f"copilot/fix-{number}"}
        same = {"id": self._id("pull", number), "number": number, "head": head}
        return self._pull | same | fields

    def label(self, name: str) -> Payload:
        """Build a label."""
        return self._label | {"name": name, "id": self._id("label", name)}

    def check(self, **fields: object) -> Payload:
        """Build a check run."""
        output = {"title": None, "summary": SENTENCE * _TEXTS["check_run"], "text": None}
        return self._check | {"output": output, "pull_requests": []} | fields

    def review(self, **fields: object) -> Payload:
        """Build a review."""
        return self._review | {"id": self.new_id()} | fields

    def comment(self, body: str, **fields: object) -> Payload:
        """Build a comment in a conversation."""
        text = f"{SENTENCE * _TEXTS['issue_comment']}\n\n{body}"
        return self._comment | {"id": self.new_id(), "body": text} | fields

    def sha(self, *parts: object) -> str:
        """Return a commit's SHA."""
        return a_sha(self.repository_id, *parts)

    def delivery(self, event: str, action: str | None, by: Payload, **body: object) -> NewEvent:
        """Build a delivery about something in the repository; its id follows from its place."""
        place = uuid5(NAMESPACE_OID, f"{self.repository_id} {next(self._sent)}")
        payload = orjson.dumps(
            {
                **({"action": action} if action else {}),
                **body,
                "repository": self._repository,
                "installation": an_installation_stub(_INSTALLATION),
                "sender": by,
            }
        )
        sent = headers(event, str(place), payload, None)
        return delivery_event({name.lower(): value for name, value in sent.items()}, payload)

    def _id(self, *parts: object) -> int:
        return int(self.sha(*parts)[:10], 16)
