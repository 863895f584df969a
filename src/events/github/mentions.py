"""Finding in free text what decisions need, so that the text itself can stay in the log."""

import re
from collections.abc import Iterator

MAX_TEXT = 65_536  # GitHub's own limit for a body

# Patterns that start with a fixed character are searched for at the speed of memchr.
_COPILOT = re.compile(r"@(?<![\w/@.-]@)copilot(?![\w/-])", re.IGNORECASE)
_HASH_NUMBER = re.compile(r"#([0-9]{1,10})(?!\w)")
_URL_NUMBER = re.compile(r"/issues/([0-9]{1,10})(?![\w/])")
_KEYWORD = re.compile(
    r"(?<![\w-])(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?[ \t]{1,4}\Z", re.IGNORECASE
)
# Each alternative runs to the end of the text when it is not closed, which keeps this linear.
_NOT_PROSE = re.compile(r"<!--.*?(?:-->|\Z)|```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_LEAD = 20  # the longest keyword, a colon and some space
_QUALIFIER = 300  # the longest address of a repository that we look for


def mentions_copilot(body: str | None) -> bool:
    """Say whether a text mentions ``@copilot`` outside code and hidden comments."""
    if not body or not _COPILOT.search(body):
        return False
    return _COPILOT.search(_prose(body)) is not None


def closing_issue_numbers(text: str, full_name: str) -> tuple[int, ...]:
    """Return the issues of one repository that a text closes by keyword, sorted.

    The keywords are GitHub's: close, closes, closed, fix, fixes, fixed, resolve, resolves,
    resolved. Templates keep examples in hidden comments, which close nothing.
    """
    repository = full_name.lower()
    found = list(_closed(text, repository))
    if not found:
        return ()
    last = max(end for _, end in found)
    read = text[: _line_end(text, last)]  # what comes later changes nothing any more
    prose = _prose(read)
    closed = found if prose == read else _closed(prose, repository)
    return tuple(sorted({number for number, _ in closed}))


def _closed(text: str, repository: str) -> Iterator[tuple[int, int]]:
    """Yield the number of each issue and where its mention ends."""
    for match in _HASH_NUMBER.finditer(text):
        if _follows_keyword(text, match.start()) in ("", repository):
            yield int(match[1]), match.end()
    for match in _URL_NUMBER.finditer(text):
        if _is_address(_follows_keyword(text, match.start()), repository):
            yield int(match[1]), match.end()


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _follows_keyword(text: str, end: int) -> str | None:
    """Return what stands between a keyword and ``end``, None when no keyword leads up to it."""
    before = text[max(0, end - _QUALIFIER) : end]
    start = max(before.rfind(" "), before.rfind("\t")) + 1
    keyword = _KEYWORD.search(before[max(0, start - _LEAD) : start])
    return before[start:].lower() if keyword else None


def _is_address(qualifier: str | None, repository: str) -> bool:
    if qualifier is None or not qualifier.startswith(("https://", "http://")):
        return False
    _, _, path = qualifier.partition("://")
    return path.partition("/")[2] == repository


def _prose(text: str) -> str:
    return _NOT_PROSE.sub(" ", text)
