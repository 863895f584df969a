"""The agents beside Copilot, from the file that a setting names: read at each process's start.

Every process of a deployment is to be given the same file: what is read of deliveries hangs on it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from aggregates.policy.yaml_text import UnreadableYaml, read_yaml
from events.errors import OrchestratorError
from events.github.agents import COPILOT, COPILOT_ALONE, Agent, Agents, Ending, settle_agents
from runtime.settings import Settings

SETTING = "ORCHESTRATOR_AGENTS_FILE"
MAX_BYTES = 65_536
MAX_AGENTS = 20

# Pydantic would name our classes.
_KINDS_OF_MAPPING = ("model_type", "model_attributes_type")
_NO_MAPPING = "it must be a mapping, as docs/agents.md shows it"

_LINE = r"^[^\u0000-\u001f\u007f-\u009f]*$"
_WORD = r"^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$"  # as logins are, less what stands in brackets


class AgentsFileUnfit(OrchestratorError):
    """The file cannot be read, or something in it does not fit; the sentence says where."""


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,38}$")
    title: str = Field("", max_length=50, pattern=_LINE)
    user_id: int = Field(ge=1, le=2**53)
    login: str = Field(min_length=1, max_length=100, pattern=_LINE)
    mention: Annotated[str, Field(pattern=_WORD), AfterValidator(str.lower)] | None = None
    branch: str = Field("", max_length=100, pattern=_LINE)
    ends: Ending = "review_request"
    options: bool = False
    timeline: bool = False
    sessions: bool = False
    agent_merge: bool = False


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    agents: list[_Row] = Field(min_length=1, max_length=MAX_AGENTS)


def read_agents(path: Path | None) -> Agents:
    """Return Copilot and the agents of a file; Copilot alone without one. Raises AgentsFileUnfit.

    Not for an event loop: it reads a file.
    """
    if path is None:
        return COPILOT_ALONE
    try:
        said = read_yaml(_content(path))
        file = _File.model_validate(said)
    except UnreadableYaml as error:
        raise AgentsFileUnfit(f"{SETTING}: {path.name}: {error}") from error
    except ValidationError as error:
        raise AgentsFileUnfit(f"{SETTING}: {path.name}: {_told(error)}") from error
    agents = Agents((COPILOT, *map(_agent, file.agents)))
    for problem in _repeated(agents):
        raise AgentsFileUnfit(f"{SETTING}: {path.name}: {problem}")
    return agents


def settle_agents_of(settings: Settings) -> None:
    """Have this process read by the table that its settings name; raises AgentsFileUnfit."""
    settle_agents(read_agents(settings.agents_file))


def _content(path: Path) -> str:
    try:
        if not path.is_file():
            raise AgentsFileUnfit(f"{SETTING}: there is no file {path}")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise AgentsFileUnfit(f"{SETTING}: {path.name} has more than {MAX_BYTES} bytes")
        return content.decode()
    except UnicodeDecodeError as error:
        raise AgentsFileUnfit(f"{SETTING}: {path.name} is no text in UTF-8") from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise AgentsFileUnfit(f"{SETTING}: cannot read {path}: {why}") from error


def _agent(row: _Row) -> Agent:
    return Agent(**row.model_dump() | {"title": row.title or row.name.capitalize()})


def _told(error: ValidationError) -> str:
    """Say what is wrong with the first field that does not fit, and how many others do not."""
    first, *others = error.errors(include_url=False, include_input=False)
    more = f" (and {len(others)} more)" if others else ""
    why = _NO_MAPPING if first["type"] in _KINDS_OF_MAPPING else first["msg"]
    return f"{_where(first)}: {why}{more}"


def _where(fault: ErrorDetails) -> str:
    """Return where a fault is, as ``agents[0].user_id``."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"]]
    return "".join(parts).removeprefix(".") or "the file"


def _repeated(agents: Agents) -> Iterator[str]:
    """Say of the agents of a file which is known already, or known as another one is."""
    for place, each in enumerate(agents.rows[1:]):
        before = agents.rows[: place + 1]
        if any(each.name == other.name for other in before):
            yield f"agents[{place}].name: there is an agent {each.name} already"
        if any(each.user_id == other.user_id for other in before):
            yield f"agents[{place}].user_id: {each.user_id} is another agent's already"
        if each.mention and any(each.mention == other.mention for other in before):
            yield f"agents[{place}].mention: @{each.mention} tells another agent already"
