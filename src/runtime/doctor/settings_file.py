"""Reading the settings, so that one that does not fit hides no other, and the policy file."""

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from dotenv.parser import parse_stream
from pydantic import ValidationError

from runtime.agents_file import AgentsFileUnfit, read_agents
from runtime.background.server_policy import PolicyFileUnreadable, read_server_policy
from runtime.doctor.finding import Finding, Unread, Way, ok, problem, unread_of, warning
from runtime.sentences import unfit_settings
from runtime.settings import Settings

SETTINGS = "settings"
POLICY_FILE = "policy file"
AGENTS_FILE = "agents file"

_FILE = Path(".env")
_PREFIX = "ORCHESTRATOR_"
_ASSIGNED = re.compile(rf"^\s*(?:export\s+)?({_PREFIX}\w+)\s*=", re.MULTILINE | re.IGNORECASE)
_SEE = "docs/settings.md has every setting and what fits"
_MEND = "mend it; docs/policy.md has every field"


@dataclass(frozen=True, slots=True)
class GivenSettings:
    """The settings, those that do not fit (name: why) at their defaults; names that are unknown.

    ``lost`` are lines of the file of which nothing is read; ``exposed`` says whether everybody on
    the machine may read it.
    """

    settings: Settings
    unfit: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    lost: tuple[int, ...] = ()
    exposed: bool = False


def read_settings() -> GivenSettings | Unread:
    """Read the settings and what surrounds them; nothing where the file is no text."""
    try:
        settings, unfit = _lenient()
        named = [*os.environ, *_named_in_file()]
        exposed = _FILE.is_file() and bool(_FILE.stat().st_mode & stat.S_IROTH)
        lost = _lost_lines()
    except (OSError, UnicodeError) as error:
        return unread_of(error)
    return GivenSettings(settings, unfit, _unknown(named), lost, exposed)


def judge_settings(given: GivenSettings) -> Iterator[Finding]:
    """Say which settings do not fit, which name none of ours, and who may read them."""
    for name, why in given.unfit.items():
        yield problem(SETTINGS, f"{name}: {why}", _SEE)
    for line in given.lost:
        found = f"line {line} of .env is not understood, and nothing is read of it"
        yield problem(SETTINGS, found, "write NAME=value, and close every quote that is opened")
    for name in given.unknown:
        yield warning(SETTINGS, f"{name} is no setting of this release", _suggestion(name))
    if given.exposed:
        found = "everybody on this machine may read .env"
        way = Way(command="chmod 600 .env")
        yield warning(SETTINGS, found, "run: chmod 600 .env", way=way)
    if not (given.unfit or given.unknown or given.lost or given.exposed):
        yield ok(SETTINGS, "all of them fit")


def check_policy_file(path: Path | None) -> Finding:
    """Read the file and say whether all of it is understood."""
    if path is None:
        return ok(POLICY_FILE, "none is set; each repository's own file decides")
    try:
        said = read_server_policy(path)
    except PolicyFileUnreadable as error:
        return problem(POLICY_FILE, unread_of(error).why, "correct the path, or its permissions")
    if not said.problems:
        return ok(POLICY_FILE, f"{path.name} is valid")
    first = said.problems[0]
    more = f", and {len(said.problems) - 1} more" if len(said.problems) > 1 else ""
    where = first.path or "the file"
    return problem(POLICY_FILE, f"{path.name}: {where}: {first.message}{more}", _MEND)


def check_agents_file(path: Path | None) -> Finding:
    """Read the agents beside Copilot, and name them."""
    try:
        agents = read_agents(path)
    except AgentsFileUnfit as error:
        return problem(AGENTS_FILE, str(error), "correct it; docs/agents.md has every field")
    if path is None:
        return ok(AGENTS_FILE, "none is set; Copilot is the only agent")
    named = ", ".join(f"{each.name} (user {each.user_id})" for each in agents.rows)
    return ok(AGENTS_FILE, f"{path.name} is valid: {named}")


def _lenient() -> tuple[Settings, dict[str, str]]:
    try:
        return Settings(), {}
    except ValidationError as error:
        unfit = unfit_settings(error)
    fields = {name.removeprefix(_PREFIX).lower() for name in unfit}
    defaults = {name: Settings.model_fields[name].default for name in fields}
    return Settings(**defaults), unfit


def _named_in_file() -> list[str]:
    if not _FILE.is_file():
        return []
    return _ASSIGNED.findall(_FILE.read_text(encoding="utf-8"))


def _lost_lines() -> tuple[int, ...]:
    """Return the lines that what reads the file passes over, with a warning at most."""
    if not _FILE.is_file():
        return ()
    with _FILE.open(encoding="utf-8") as file:
        lost = [each.original for each in parse_stream(file) if each.error]
    return tuple(each.line + _begins(each.string) for each in lost)


def _begins(text: str) -> int:
    """Return how many empty lines stand before what a text says."""
    return text[: len(text) - len(text.lstrip())].count("\n")


def _unknown(named: Iterable[str]) -> tuple[str, ...]:
    ours = {name.upper() for name in named if name.upper().startswith(_PREFIX)}
    return tuple(sorted(ours - _known()))


def _suggestion(name: str) -> str:
    close = get_close_matches(name, sorted(_known()), n=1, cutoff=0.8)
    return f"is {close[0]} meant? {_SEE}" if close else f"remove it; {_SEE}"


def _known() -> set[str]:
    return {f"{_PREFIX}{name.upper()}" for name in Settings.model_fields}
