"""Tasks of agents: Copilot's sessions as the tasks API tells of them; no webhook does."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from simulator.payloads import Payload, a_sha
from simulator.payloads.payload import API, WEB

TaskState: TypeAlias = Literal[
    "queued",
    "in_progress",
    "completed",
    "failed",
    "idle",
    "waiting_for_user",
    "timed_out",
    "cancelled",
]


@dataclass(slots=True, kw_only=True)
class Task:
    """What an agent was set to do, which may take several sessions; ``pull`` once there is one."""

    id: str
    name: str
    repository: str
    repository_id: int
    owner_id: int
    creator_id: int
    created_at: str
    updated_at: str
    state: TaskState = "queued"
    sessions: int = 1
    pull: Payload | None = None

    def move(self, state: TaskState, at: str) -> None:
        """Let it be in another state; what went on after it had ended is one more session."""
        if state == "in_progress" and self.state not in ("queued", "in_progress"):
            self.sessions += 1
        self.state, self.updated_at = state, at

    def snapshot(self) -> Payload:
        """Return it as the API shows it."""
        return {
            "id": self.id,
            "url": f"{API}/agents/repos/{self.repository}/tasks/{self.id}",
            "html_url": f"{WEB}/{self.repository}/tasks/{self.id}",
            "name": self.name,
            "creator": {"id": self.creator_id},
            "creator_type": "user",
            "owner": {"id": self.owner_id},
            "repository": {"id": self.repository_id},
            "state": self.state,
            "session_count": self.sessions,
            "artifacts": [] if self.pull is None else [_artifact(self.pull)],
            "archived_at": None,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        }


def a_task_id(*parts: object) -> str:
    """Return the id, a UUID by its form, that always belongs to these parts."""
    digits = a_sha("task", *parts)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))


def _artifact(pull: Payload) -> Payload:
    data = {"id": pull["id"], "type": "pull", "global_id": pull["node_id"]}
    return {"provider": "github", "type": "pull", "data": data}
