"""The sentences of docs/policy.md that no model says, and its example."""

from typing import Final

INTRODUCTION: Final = """\
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

The file is YAML of at most 65,536 characters, one document, without anchors, aliases and tags.
Only `true` and `false` are booleans, as in YAML 1.2: `off` is a text. A text that begins with `@`
needs quotes or a block (`|`).
"""

LAYERS: Final = """\
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

queue:
  label: "status:queued"
  order: [priority, created]
  priority_labels: ["priority:urgent", "priority:high"]
  dependencies: true
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
  hand_to_person: |
    @our-team/maintainers please look at this: {reason}. {next_step}

ci:
  required: [build, test]
  settle_seconds: 90
  max_attempts: 3

review:
  quiet_seconds: 300
  approvals: 1
  max_rounds: 3
  copilot: true
  address_copilot: false

ready:
  when: green

merge:
  automatic: false
  method: squash

watchdog:
  no_pull_request_minutes: 30
  no_progress_minutes: null

labels:
  sync: true
  prefix: "status:"
```
"""

TEMPLATES: Final = """\
## Prompts in full

A name in braces is replaced by its value; `{{` and `}}` stand for the braces themselves. Nothing
else may stand in braces. Copilot reads a comment only if it mentions `@copilot`.
"""
