"""The reference of a policy file, docs/policy.md, written from the models."""

import json
from collections.abc import Iterator
from inspect import cleandoc
from typing import Final

from pydantic.fields import FieldInfo

from aggregates.policy.leaves import leaves, sections
from aggregates.policy.model import PromptPolicy
from aggregates.policy.prompts import PROMPT_FIELDS
from aggregates.policy.schema import expected, schema_at

_HEAD = "| key | default | meaning | allowed |\n|---|---|---|---|\n"
_LONGEST_DEFAULT = 60
_INTRODUCTION: Final = """\
# Policy

What the orchestrator does in a repository follows from its policy: the file
`.github/copilot-orchestrator.yml` on the repository's default branch. Every key is optional, and a
repository without the file has the built-in policy, which is the safe choice: it records what it
would do, does nothing on GitHub, and leaves merging to a person.

A file with anything in it that is not understood changes nothing: the policy stays as it was, and
the service shows what is wrong and where: `GET /api/repositories/{id}/policy` has it, and
`POST /api/policy/check` says it of a file before it is committed. Each change is kept in the log
with the file's text.

[policy.schema.json](policy.schema.json) says the same as this page to an editor. This page and the
schema are written from the code by `scripts/generate_policy_docs.py`.

The file is YAML of at most 65,536 bytes, 5,000 lines and 1,000 keys and values, nested at most 20
deep: one document, without anchors, aliases and tags. A longer file is refused before it is read.
Only `true` and `false` are booleans, as in YAML 1.2: `off` is a text. A text that begins with `@`
needs quotes or a block (`|`).
"""

_LAYERS: Final = """\
## Layers

The same document may be given for the whole server and for an installation. From the weakest to the
strongest:

1. built-in: the defaults on this page
2. server: the file that the setting `ORCHESTRATOR_POLICY_FILE` names, read at the start
3. installation: what was set for one installation of the App
4. repository: the file

A stronger layer replaces single keys, not sections: a file that says only `ci.max_attempts` leaves
all else to the layers below. A list is one value and is replaced whole. For each key the service
says which layer its value comes from. An operator may set a repository's mode whatever its layers
say.
"""

EXAMPLE: Final = """\
## Example

```yaml
mode: live
history: since_move
agent: copilot
agent_labels: {"agent:scribe": scribe}
mend: agent_merge

queue:
  label: "status:queued"
  order: [priority, created]
  priority_labels: ["priority:urgent", "priority:high"]
  dependencies: true
  epics: true
  max_active: 2

copilot:
  base_branch: develop
  instructions: Follow CONTRIBUTING.md, and add a test for every change.
  model: ""
  custom_agent: ""

prompts:
  fix_ci: |
    @copilot {failed} failed on {head_sha}. Please mend it (attempt {attempt} of {attempts}).
  address_review: |
    @copilot please address the review of {reviewers}:

    {reviews}
  resolve_conflicts: |
    @copilot please resolve the conflicts with {base} (attempt {attempt} of {attempts}).
  hand_to_person: |
    @our-team/maintainers please look at this: {reason}. {next_step}

ci:
  required: [build, test]
  settle_seconds: 90
  max_attempts: 3
  flaky: rerun_once

conflicts:
  max_attempts: 2

review:
  quiet_seconds: 300
  approvals: 1
  max_rounds: 3
  trusted_bots: [renovate]
  copilot: true
  copilot_approvals: ignore
  address_copilot: false

ready:
  when: green

merge:
  automatic: false
  method: squash

watchdog:
  no_pull_request_minutes: 30
  no_progress_minutes: null
  round_quiet_minutes: 45
  check_missing_minutes: 60
  check_running_minutes: 360
  check_inconclusive_minutes: 30
  check_approval_minutes: 240
  reviewer_minutes: 2880
  answer_minutes: 15

budget:
  rounds_per_issue: null
  sessions_per_day: 20
  sessions_per_month: null

labels:
  sync: true
  prefix: "status:"
```
"""

_TEMPLATES: Final = """\
## Prompts in full

A name in braces is replaced by its value; `{{` and `}}` stand for the braces themselves. Nothing
else may stand in braces. Copilot reads a comment only if it mentions `@copilot`; where
another agent has the issue, its own mention stands in place of that.
"""


def policy_reference() -> str:
    """Return docs/policy.md as Markdown."""
    parts = (_INTRODUCTION, _LAYERS, EXAMPLE, *_tables(), _TEMPLATES, *_prompts())
    return "\n".join(parts)


def _tables() -> Iterator[str]:
    alone = (name for name in leaves() if "." not in name)
    yield from (f"## `{name}`\n\n{_HEAD}{_row(name, leaves()[name])}" for name in alone)
    for name, section in sections().items():
        rows = (_row(f"{name}.{key}", field) for key, field in section.model_fields.items())
        yield f"## `{name}`\n\n{cleandoc(section.__doc__ or '')}\n\n{_HEAD}{''.join(rows)}"


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
