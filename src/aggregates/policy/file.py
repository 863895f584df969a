"""Reading a policy file, as bytes or text: what it says, or everything in it that does not fit."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice

from aggregates.policy.excerpt import described, excerpt
from aggregates.policy.fit import problem_at
from aggregates.policy.leaves import sections
from aggregates.policy.model import Policy
from aggregates.policy.yaml_text import UnreadableYaml, read_yaml
from events.catalogue import Json, PolicyProblem
from events.catalogue.policies import MAX_CONTENT, MAX_PROBLEMS

PATH = ".github/copilot-orchestrator.yml"  # where a repository has its own
MAX_BYTES = MAX_CONTENT  # of the file in UTF-8; the log keeps as many characters at most

_NOT_UTF8 = PolicyProblem(path="", message="expected text in UTF-8")
_MAPPING = "expected a mapping of settings"
_MAX_PATH = 200  # as PolicyProblem has it


@dataclass(frozen=True, slots=True)
class PolicyReading:
    """A file's sparse document; None when there are problems, of which the first 50 are kept."""

    document: dict[str, Json] | None
    problems: tuple[PolicyProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A file's text, as much of it as the log keeps, and what it says."""

    text: str
    reading: PolicyReading


def read_policy_file(content: bytes) -> PolicyFile:
    """Read a policy file, whatever its bytes are; one of more than ``MAX_BYTES`` is not parsed.

    May take a tenth of a second: not for an event loop.
    """
    kept = content[:MAX_BYTES].decode(errors="replace")
    if len(content) > MAX_BYTES:
        return PolicyFile(kept, _too_long(len(content)))
    try:
        return PolicyFile(kept, read_policy(content.decode()))
    except UnicodeDecodeError:
        return PolicyFile(kept, PolicyReading(None, (_NOT_UTF8,)))


def read_policy(text: str) -> PolicyReading:
    """Read a policy file, whatever its text is; an empty one is the empty document."""
    if (size := len(text.encode(errors="replace"))) > MAX_BYTES:
        return _too_long(size)
    try:
        said = read_yaml(text)
    except UnreadableYaml as error:
        return _refused(error.path, str(error))
    if said is None:
        return PolicyReading({})
    if not isinstance(said, dict):
        return _refused("", f"{_MAPPING}, found {described(said)}")
    problems = tuple(islice(_problems(said), MAX_PROBLEMS))
    return PolicyReading(None if problems else said, problems)


def _too_long(size: int) -> PolicyReading:
    return _refused("", f"expected at most {MAX_BYTES} bytes, found {size}")


def _refused(path: str, message: str) -> PolicyReading:
    return PolicyReading(None, (PolicyProblem(path=path[:_MAX_PATH], message=message),))


def _problems(document: Mapping[str, Json]) -> Iterator[PolicyProblem]:
    for name, value in document.items():
        if name not in Policy.model_fields:
            yield PolicyProblem(path=excerpt(name), message=_unknown(name, Policy.model_fields))
        elif name in sections():
            yield from _section_problems(name, value)
        elif problem := problem_at(name, value):
            yield problem


def _section_problems(section: str, value: Json) -> Iterator[PolicyProblem]:
    known = sections()[section].model_fields
    if not isinstance(value, dict):
        yield PolicyProblem(path=section, message=f"{_MAPPING}, found {described(value)}")
        return
    for key, leaf in value.items():
        if key not in known:
            path = f"{section}.{excerpt(key)}"
            yield PolicyProblem(path=path, message=_unknown(key, known))
        elif problem := problem_at(f"{section}.{key}", leaf):
            yield problem


def _unknown(key: str, known: Iterable[str]) -> str:
    near = get_close_matches(key, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    return f"there is no such key; {hint}"
