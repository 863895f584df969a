"""Finding in free text what decisions need, so that the text itself can stay in the log."""

import re
from typing import Final

from events.github.markdown import prose

MAX_TEXT = 65_536  # GitHub's own limit for a body

# All that is read is in lower case. Patterns that start with fixed characters are searched for at
# the speed of memchr.
_COPILOT = re.compile(r"@(?<![\w/@.-]@)copilot(?![\w/-])")

_KEYWORD: Final = (
    # No part of a word; underscores may be markup.
    r"[cfr](?<![^\W_].)(?<![^\W_]_.)(?<![^\W_]__.)(?<!-.)"
    r"(?:(?<=c)lose[sd]?|(?<=f)ix(?:e[sd])?|(?<=r)esolve[sd]?)"
)
_MARKUP: Final = r"(?:[*_~]{1,3}|</?(?:b|em|i|strong)>){0,2}"
_SPACE: Final = r"[ \t\xa0]{1,20}"
_NAME: Final = r"[\w.-]{1,100}/[\w.-]{1,100}"
_END: Final = r"(?![^\W_]|_[^\W_])"
_ADDRESS: Final = (
    rf"https?://[^/\s()<>\[\]]{{1,255}}/(?P<address>{_NAME})/issues/"
    rf"(?P<there>[0-9]{{1,10}}){_END}(?!/)"
)
_LABEL: Final = r"\[(?:[^\[\]\n]|\[[^\[\]\n]{0,100}\]){0,200}\]"
_REFERENCE: Final = (
    rf"(?:(?:(?P<name>{_NAME})?\#|gh-)(?P<here>[0-9]{{1,10}}){_END}"
    rf"|(?:{_LABEL}\([ ]?<?|<)?{_ADDRESS})"
)
# Each part is bounded, so that this is linear in the length of a text.
_CLOSES = re.compile(rf"{_KEYWORD}{_MARKUP}:?{_MARKUP}{_SPACE}{_MARKUP}{_REFERENCE}")


def mentions_copilot(body: str | None) -> bool:
    """Say whether a text mentions ``@copilot`` outside code and hidden comments."""
    if not body or not _COPILOT.search(body.lower()):
        return False
    return _COPILOT.search(prose(body)) is not None


def closing_issue_numbers(text: str, full_name: str) -> tuple[int, ...]:
    """Return the issues of one repository that a text closes by keyword, sorted.

    The keywords are GitHub's: close, closes, closed, fix, fixes, fixed, resolve, resolves,
    resolved, each for the one reference that follows it: ``#1``, ``GH-1``, ``owner/name#1``, the
    issue's address on any server (of one of its comments too), or a link to that, also in bold or
    italics. None in code, quotes or hidden comments, where templates keep examples.

    Source: GitHub's documentation, "Linking a pull request to an issue" and "Autolinked references
    and URLs".
    """
    folded = text.lower()
    if "<!--" not in folded and not _CLOSES.search(folded):
        return ()  # only where a comment is left out, two parts of a reference may meet
    found = _CLOSES.finditer(prose(folded, quotes=False))
    repository = full_name.lower()
    return tuple(sorted({number for each in found if (number := _closed(each, repository))}))


def _closed(found: re.Match[str], repository: str) -> int | None:
    """Return the issue that a keyword closes, None where it is another repository's."""
    named = found["address"] or found["name"] or repository
    return int(found["here"] or found["there"]) if named == repository else None
