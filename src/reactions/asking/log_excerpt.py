"""What of a job's log is kept: cleaned, without credentials of known shapes, the lines that matter.

It is a stranger's text, and goes into an event for good: all this comes before. Masked is what has
one of the shapes below; no more is promised.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from events.github.failures import MAX_EXCERPT, MAX_LINES

MASK = "***"
GAP = "…"

_LONGEST_LINE = 300
_AROUND = (4, 3)  # lines that are kept before and after one that speaks of an error
_UNSEEN_AS_OFTEN = 10  # as many characters as are wanted are read: some of them are never seen
_HEAD_SHARE = 3  # one part in so many of an excerpt is of its beginning, where it is too long

_TERMINAL = re.compile(
    r"\x1b\[[0-?]{0,50}[ -/]{0,10}[@-~]"  # colours and cursors
    r"|\x1b\][^\x07\x1b\n]{0,500}(?:\x07|\x1b\\)?"  # titles and links
    r"|\x1b[@-_]?"
)
_TIME = re.compile(r"^\ufeff?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z ?", re.MULTILINE)
_MARKER = re.compile(r"^##\[(\w{1,20})\]", re.MULTILINE)
_UNSEEN = ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp")

# Whatever stands in a text, nothing of it is read more than a few times: while one pattern reads,
# no other thread of the process has its turn.
_KEY = r"[A-Z ]{0,30}PRIVATE KEY-----"
_WITHIN = rf"(?:(?!-----(?:BEGIN|END) {_KEY})(?s:.)){{0,20000}}+"  # a begin for each end
_KEY_ENDS = re.compile(rf"-----END {_KEY}")
_KEY_LINE = re.compile(r"[A-Za-z0-9+/=]{1,100}")
_USER_OF_URL = re.compile(r"(?<=://)[^\s@]++(?P<at>@)?")
_LONGEST_USER = 700
_TOKEN = re.compile(r"\beyJ[\w-]{8,}+(?P<rest>\.[\w-]{8,}+(?:\.[\w-]*+)?)?")
_SHAPES = (
    rf"-----BEGIN {_KEY}{_WITHIN}-----END {_KEY}",
    rf"-----BEGIN {_KEY}[A-Za-z0-9+/=\s]{{0,20000}}",
    r"gh[opsur]_[\w.-]{10,500}",
    r"github_pat_\w{10,255}",
    r"glpat-[\w-]{10,100}",
    r"cwo_[\w-]{20,100}",
    r"(?:AKIA|ASIA)[0-9A-Z]{16}",
    r"AIza[\w-]{30,60}",
    r"xox[abeoprs]-[\w-]{10,300}",
    r"https://hooks\.slack\.com/[\w/-]{10,200}",
    r"(?:sk|rk|pk)_(?:live|test)_\w{10,200}",
    r"sk-[\w-]{20,200}",
    r"npm_\w{20,100}",
    r"pypi-[\w-]{20,300}",
    r"hf_\w{20,100}",
    r"(?i:\b(?:bearer|basic)\s{1,5})[\w.~+/=-]{8,2000}",
    r"(?i:authorization)\W{1,8}(?:\w{1,20}\s{1,5})?[\w.~+/=-]{8,2000}",
    r"(?i:\b(?:sig|signature|accountkey|x-amz-signature)=)[\w%+/=-]{8,500}",
)
# Of a value that bears such a name the name stays.
_NAMED = (
    r"(?P<name>(?i:passw(?:or)?d|passphrase|secret|token|credentials?"
    r"|(?:api|access|private|account)[_-]?key)[\"']?\s{0,5}[:=]\s{0,5}[\"']?)[^\s\"']{4,1000}"
)
_SECRETS = re.compile("|".join((*_SHAPES, _NAMED)), re.MULTILINE)
_SPEAKS_OF_ERROR = re.compile(
    r"\b(?:error|errors|fail|failed|failure|failing|fatal|panic|exception|traceback|assert|"
    r"undefined|unexpected|cannot|not found|segmentation fault)\b|error:|Error\b|✗|✖|\bnot ok\b",
    re.IGNORECASE,
)
_SAYS_NOTHING = re.compile(r"^Error: Process completed with exit code \d{1,3}\.?$")


def excerpt_of(log: bytes, *, whole: bool = True) -> str:
    """Return the lines of a log that matter; unless it is ``whole``, the first may be half a one.

    At most ``MAX_LINES`` lines and ``MAX_EXCERPT`` characters.
    """
    text = log.decode(errors="replace")
    if not whole:  # half a line may be half a secret, of no shape that is known
        text = text.partition("\n")[2]
    lines = [line.rstrip()[:_LONGEST_LINE] for line in cleaned(text).split("\n")]
    return within([*_that_matter(lines)], MAX_LINES, MAX_EXCERPT)


def cleaned(text: str) -> str:
    """Return a text without what drives terminals or cannot be seen, credentials masked."""
    text = _TERMINAL.sub("", text.replace("\r\n", "\n"))
    text = _TIME.sub("", text)
    text = "\n".join(line.rpartition("\r")[2] for line in text.split("\n"))
    text = _MARKER.sub(_marked, text)
    seen = "".join(each for each in text.replace("\t", "    ") if _is_seen(each))
    return masked(seen)


def masked(text: str) -> str:
    """Return a text in which what has the shape of a credential is hidden."""
    text = _USER_OF_URL.sub(_user_masked, text)
    text = _TOKEN.sub(lambda found: MASK if found["rest"] else found[0], text)
    return _ends_masked(_SECRETS.sub(lambda found: f"{found['name'] or ''}{MASK}", text))


def one_line(text: object, limit: int) -> str:
    """Return a short text of a stranger in one line, cleaned; nothing for what is no text."""
    if not isinstance(text, str):
        return ""
    return " ".join(cleaned(text[: limit * _UNSEEN_AS_OFTEN]).split())[:limit]


def within(lines: Sequence[str], most_lines: int, most: int) -> str:
    """Return lines as one text within bounds: their end, and before a gap a little of the begin."""
    whole = "\n".join(lines)
    if len(lines) <= most_lines and len(whole) <= most:
        return whole
    head = _taken(lines, most_lines // _HEAD_SHARE, most // _HEAD_SHARE)
    left = most - sum(len(line) + 1 for line in head) - len(GAP) - 1
    tail = _taken(reversed(lines[len(head) :]), most_lines - len(head) - 1, left)
    return "\n".join([*head, GAP, *reversed(tail)])[:most]


def _taken(lines: Iterable[str], most_lines: int, most: int) -> list[str]:
    taken: list[str] = []
    for line in lines:
        most -= len(line) + 1
        if most < 0 or len(taken) >= most_lines:
            break
        taken.append(line)
    return taken


def _user_masked(found: re.Match[str]) -> str:
    """Mask a name with its password before an ``@``; of a long text what the last URL in it has."""
    if not found["at"]:
        return found[0]
    before, scheme, last = found[0][:-1].rpartition("://")
    if len(before) + len(last) <= _LONGEST_USER:
        before, scheme, last = "", "", found[0][:-1]
    return f"{before}{scheme}{MASK}@" if ":" in last[:_LONGEST_USER] else found[0]


def _ends_masked(text: str) -> str:
    """Mask the lines of a key whose begin is not there, as where the end of a log was read."""
    kept: list[str] = []
    for line in text.split("\n"):
        kept.append(line)
        if _KEY_ENDS.match(line):
            begin = len(kept) - 1
            while begin and _KEY_LINE.fullmatch(kept[begin - 1]):
                begin -= 1
            if begin < len(kept) - 1:
                kept[begin:] = [MASK]
    return "\n".join(kept)


def _marked(marker: re.Match[str]) -> str:
    return {"error": "Error: ", "warning": "Warning: "}.get(marker[1].lower(), "")


def _is_seen(character: str) -> bool:
    return character == "\n" or unicodedata.category(character) not in _UNSEEN


def _that_matter(lines: Sequence[str]) -> Iterable[str]:
    """Yield the lines around those that speak of an error, else all; the end comes last."""
    before, after = _AROUND
    kept: set[int] = set()
    for place, line in enumerate(lines):
        if _SPEAKS_OF_ERROR.search(line) and not _SAYS_NOTHING.match(line):
            kept.update(range(max(0, place - before), min(len(lines), place + after + 1)))
    places = sorted(kept) if kept else range(len(lines))
    last = -1
    for place in places:
        if last >= 0 and place > last + 1:
            yield GAP
        if lines[place] or (last >= 0 and lines[last]):  # of empty lines, one
            yield lines[place]
        last = place
