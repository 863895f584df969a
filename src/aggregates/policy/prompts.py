"""Prompts: templates with named fields in braces, what may stand in them, and the built-in texts.

Nothing else in a template could be run: ``str.format`` would let a policy's author reach attributes
of what it is given.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from aggregates.policy.excerpt import excerpt

_WORK: Final = {
    "issue": "the issue's number",
    "pull_request": "the pull request's number, empty if there is none",
}

PROMPT_FIELDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "fix_ci": {
            **_WORK,
            "head_sha": "the commit on which checks failed",
            "failed": "the required checks that failed",
            "failure": "where they failed and the lines that matter of their logs, as paragraphs; "
            "empty where GitHub did not tell",
            "attempt": "which attempt this is, from 1",
            "attempts": "how many there may be, `ci.max_attempts`",
        },
        "address_review": {
            **_WORK,
            "reviewers": "who asked for changes",
            "reviews": "the reviews in question",
            "round": "which round this is, from 1",
            "rounds": "how many there may be, `review.max_rounds`",
        },
        "resolve_conflicts": {
            **_WORK,
            "head_sha": "the commit that conflicts",
            "base": "the branch that it conflicts with",
            "base_sha": "the commit of that branch, as GitHub tells it",
            "attempt": "which attempt this is, from 1",
            "attempts": "how many there may be, `conflicts.max_attempts`",
        },
        "hand_to_person": {
            **_WORK,
            "reason": "why the work stopped",
            "next_step": "what a person can do",
        },
    }
)

FIX_CI: Final = """\
@copilot Required checks failed on {head_sha} (attempt {attempt} of {attempts}): {failed}

{failure}Please read their logs, find the cause and push a fix to this pull request. Keep to what \
issue #{issue} asks for, and do not skip, weaken or remove a check or a test to make it pass. If \
the cause lies outside this pull request, say so in a comment and change nothing.
"""

ADDRESS_REVIEW: Final = """\
@copilot Changes were asked for by {reviewers} (round {round} of {rounds}): {reviews}

Please address every point of the review and push to this pull request. Keep to what issue \
#{issue} asks for. Where a point is unclear or you would rather not follow it, answer it in a \
comment.
"""

RESOLVE_CONFLICTS: Final = """\
@copilot This pull request has merge conflicts with {base} (attempt {attempt} of {attempts}): \
{head_sha} cannot be merged into {base_sha}.

Please bring this branch up to date with {base}, resolve the conflicts and push to this pull \
request. Keep what others changed there as well as what issue #{issue} asks for, and see that the \
tests of both pass. If you cannot tell which of two changes is meant, say so in a comment.
"""

HAND_TO_PERSON: Final = """\
This needs a person: nothing more is done here automatically.

Why: {reason}

What to do next: {next_step}
"""

_PIECES = re.compile(r"(?P<brace>\{\{|\}\})|\{(?P<field>[^{}]*)\}|(?P<text>[^{}]+)|(?P<lone>[{}])")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class TemplateError(ValueError):
    """A template that cannot be read, or a field that has no value; the sentence says which."""


def render(template: str, values: Mapping[str, str]) -> str:
    """Return a template with its fields filled in; ``{{`` and ``}}`` are literal braces.

    Values are put in as they are: braces in them mean nothing. Raises TemplateError.
    """
    return "".join(_filled(text, field, values) for text, field in _parsed(template))


def fields_of(template: str) -> frozenset[str]:
    """Return the names of a template's fields; raises TemplateError."""
    return frozenset(field for _, field in _parsed(template) if field)


def only_fields_of(prompt: str) -> Callable[[str], str]:
    """Return the check that a template names no field but those of this prompt."""
    allowed = PROMPT_FIELDS[prompt]

    def checked(template: str) -> str:
        unknown = sorted(fields_of(template) - allowed.keys())
        if unknown:
            known = ", ".join(f"{{{name}}}" for name in allowed)
            raise TemplateError(f"{{{excerpt(unknown[0])}}} is not a field here; there are {known}")
        return template

    return checked


def pattern_of(prompt: str) -> str:
    """Return the same check as a regular expression, for editors that read the schema."""
    names = "|".join(PROMPT_FIELDS[prompt])
    text = r"[^{}\u0000-\u0008\u000b-\u001f\u007f-\u009f]"
    return rf"^({text}|\{{\{{|\}}\}}|\{{({names})\}})*$"


def _filled(text: str, field: str, values: Mapping[str, str]) -> str:
    if not field:
        return text
    if field not in values:
        raise TemplateError(f"there is no value for the field {{{field}}}")
    return values[field]


def _parsed(template: str) -> Iterator[tuple[str, str]]:
    """Yield literal texts and names of fields in their order, the other of the two empty."""
    for piece in _PIECES.finditer(template):
        if piece["lone"]:
            raise TemplateError(
                f"a single {piece[0]} at character {piece.start() + 1}: "
                "write {{ or }} for the brace itself"
            )
        if piece["field"] is not None:
            yield "", _name(piece["field"])
        else:
            yield piece["text"] or piece["brace"][0], ""


def _name(written: str) -> str:
    if not _NAME.fullmatch(written):
        raise TemplateError(f"{{{excerpt(written)}}} is no field: only a plain name is one")
    return written
