"""How a failure is told to Copilot: of each check where it failed, and what its log says."""

from collections.abc import Iterator

from aggregates.decisions.quoting import fenced, inline
from aggregates.workflow import Workflow
from aggregates.workflow.failures import known_failure
from events.github.failures import FailedCheck

_LONGEST = 100
_NOTED = 300


def failure_told(workflow: Workflow) -> str:
    """Return paragraphs about what failed, the last with an empty line; nothing where none knows.

    All that strangers wrote in it is code, and defused.
    """
    known, pull = known_failure(workflow), workflow.open_pull
    if known is None or pull is None:
        return ""
    return "".join(f"{_of(check, pull.base_ref)}\n\n" for check in known.checks)


def _of(check: FailedCheck, base: str) -> str:
    parts = [", ".join(_where(check, base)) + (":" if _shows(check) else "")]
    if check.excerpt:
        parts.append(fenced(check.excerpt))
    if check.annotations:
        parts.append("\n".join(f"- {inline(each, _NOTED)}" for each in check.annotations))
    return "\n\n".join(parts)


def _where(check: FailedCheck, base: str) -> Iterator[str]:
    yield inline(check.name, _LONGEST) or "a check without a name"
    if check.workflow:
        yield f"workflow {inline(check.workflow, _LONGEST)}"
    if check.step:
        yield f"step {inline(check.step, _LONGEST)}"
    if check.run_url:
        yield f"[its run]({check.run_url})"
    if (history := check.history) is not None and history.failed:
        yield f"failed {history.failed} of its last {history.of} runs on the default branch"
    if check.also_on_base is not None:
        yield ("fails" if check.also_on_base else "passes") + f" on {inline(base, _LONGEST)} now"
    yield from check.lacks


def _shows(check: FailedCheck) -> bool:
    return bool(check.excerpt or check.annotations)
