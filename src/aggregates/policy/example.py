"""A policy file to begin with: nothing is done, and everything else is there as a comment."""

import json
from textwrap import wrap

from pydantic.fields import FieldInfo

from aggregates.policy.leaves import sections

_WIDTH = 96
_LONGEST = 100  # characters of a value that is written; the reference has the others
_HEAD = """\
# How the Copilot Workflow Orchestrator conducts this repository's issues.
# What is commented out holds as it stands here. docs/policy.md of the service has all of it.

# `off` decides nothing, `shadow` decides and shows and does nothing, `live` does it.
mode: shadow
"""


def policy_example() -> str:
    """Return a file that says what the built-in policy says; a person uncomments and changes."""
    written = filter(None, map(_section, sections()))
    return _HEAD + "".join(f"\n{each}" for each in written)


def _section(name: str) -> str:
    keys = [
        line for key, field in sections()[name].model_fields.items() for line in _key(key, field)
    ]
    about = wrap(" ".join(str(sections()[name].__doc__).split()), _WIDTH)
    return "".join(f"# {line}\n" for line in (*about, f"{name}:", *keys)) if keys else ""


def _key(key: str, field: FieldInfo) -> list[str]:
    value = json.dumps(field.default)
    if len(value) > _LONGEST:
        return []
    return [*(f"  # {line}" for line in wrap(str(field.description), _WIDTH)), f"  {key}: {value}"]
