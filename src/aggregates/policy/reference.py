"""The reference of a policy file, docs/policy.md, written from the models."""

import json
from collections.abc import Iterator

from pydantic.fields import FieldInfo

from aggregates.policy.expected import expected
from aggregates.policy.leaves import leaves, sections
from aggregates.policy.model import PromptPolicy
from aggregates.policy.prompts import PROMPT_FIELDS
from aggregates.policy.reference_texts import EXAMPLE, INTRODUCTION, LAYERS, TEMPLATES
from aggregates.policy.schema import schema_at

_HEAD = "| key | default | meaning | allowed |\n|---|---|---|---|\n"
_LONGEST_DEFAULT = 60


def policy_reference() -> str:
    """Return docs/policy.md as Markdown."""
    parts = (INTRODUCTION, LAYERS, EXAMPLE, *_tables(), TEMPLATES, *_prompts())
    return "\n".join(parts)


def _tables() -> Iterator[str]:
    yield "## `mode`\n\n" + _HEAD + _row("mode", leaves()["mode"])
    for name, section in sections().items():
        rows = (_row(f"{name}.{key}", field) for key, field in section.model_fields.items())
        yield f"## `{name}`\n\n{section.__doc__}\n\n{_HEAD}{''.join(rows)}"


def _row(path: str, field: FieldInfo) -> str:
    cells = (f"`{path}`", _default(field), str(field.description), expected(schema_at(path)))
    return "| " + " | ".join(cells) + " |\n"


def _default(field: FieldInfo) -> str:
    written = json.dumps(field.default)
    return f"`{written}`" if len(written) <= _LONGEST_DEFAULT else "[below](#prompts-in-full)"


def _prompts() -> Iterator[str]:
    for name, fields in PROMPT_FIELDS.items():
        known = "".join(f"| `{{{field}}}` | {meaning} |\n" for field, meaning in fields.items())
        text = PromptPolicy.model_fields[name].default
        yield f"### `prompts.{name}`\n\n```text\n{text}```\n\n| field | is |\n|---|---|\n{known}"
