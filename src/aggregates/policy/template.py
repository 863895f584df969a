"""Templates of prompts: text with named fields in braces, and nothing else that could be run.

``str.format`` would let a policy's author reach attributes of what it is given.
"""

import re
from collections.abc import Iterator, Mapping

from aggregates.policy.excerpt import excerpt

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
