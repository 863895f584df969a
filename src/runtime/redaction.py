"""Secrets hidden in log lines by value and by shape, wherever in a line they are.

A line is looked at as it is written, when all is text: a secret in a stranger's word, a library's
message or a traceback is hidden like one that was logged by name. Values are found as they are,
as JSON and Python quote them, as URLs escape them, and inside base64, wherever there it begins.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus, unquote

import orjson
from pydantic import SecretStr

from runtime.settings import Settings

HIDDEN = b"[hidden]"
SHORTEST = 8  # characters; what is shorter may be a part of any word
_PIECE = 6  # bytes

_BODY = rb"[\w+/=\s\\:,-]"  # of a key, its line ends as they are or quoted
_CUT_OFF = rb"[\w+/=\s\\]"
_SHAPES = re.compile(
    b"|".join(
        (
            rb"gh[opsur]_[\w.-]{10,}",
            rb"github_pat_\w{10,}",
            rb"cwo_[\w-]{20,}",
            rb"cwo(?:_[a-z\d_]{1,20})?=[\w%-]{20,}",  # our cookies
            rb"(?i:bearer)\s[\w.~+/=-]{8,}",
            rb"(?i:authorization)\W{1,8}(?:\w+\s+)?[\w.~+/=-]{8,}",
            rb"(?:access_token|refresh_token|client_secret|code_verifier)\W{1,8}[\w.~+/=%-]{8,}",
            rb"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?",  # a JWT
            rb"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:%b*?-----END [A-Z ]*PRIVATE KEY-----|%b*)"
            % (_BODY, _CUT_OFF),
        )
    )
)
# One of these is in whatever has such a shape: to look for them costs less than the expression.
_SIGNS = (
    *(b"gho_", b"ghp_", b"ghs_", b"ghu_", b"ghr_", b"github_pat_", b"cwo", b"earer", b"EARER"),
    *(b"uthorization", b"_token", b"client_secret", b"code_verifier", b"eyJ", b"PRIVATE KEY"),
)


def secrets_of(settings: Settings) -> list[str]:
    """Return every secret that the settings hold, each of those that are separated by commas."""
    values = [
        value.get_secret_value()
        for name in type(settings).model_fields
        if isinstance(value := getattr(settings, name), SecretStr)
    ]
    parts = [part for value in values for part in (value, *value.split(","))]
    parts += [secret.value.decode() for secret in settings.webhook_secrets]
    parts.append(settings.relay_url)  # whoever knows the channel reads along
    for url in (settings.database_url, settings.read_database_url):
        parts += _passwords(url)
    return [part.strip() for part in parts if part.strip()]


def _passwords(url: str) -> list[str]:
    """Return the password of a database's URL as it is written there, and as it is meant."""
    found = re.match(r"[^:/?#]+://[^/?#]*?:(.*)@", url)
    return [found[1], unquote(found[1])] if found else []


class Redactor:
    """Hides secrets in lines; calling it returns the line as it may be written."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._forms: tuple[bytes, ...] = ()
        self._pieces: frozenset[bytes] = frozenset()
        self._step = 1
        self.know(secrets)

    def know(self, secrets: Iterable[str]) -> None:
        """Hide these as well from now on, as those that a running service was given."""
        forms = {form for secret in secrets for form in _forms(secret)}
        self._forms = tuple(sorted(forms.union(self._forms), key=len, reverse=True))
        self._step = min(map(len, self._forms), default=SHORTEST) - _PIECE + 1
        self._pieces = frozenset(
            form[at : at + _PIECE] for form in self._forms for at in range(self._step)
        )

    def finds_any(self, text: bytes) -> bool:
        """Tell whether there may be a secret in a text, of one line or of many.

        Of whatever is in it, one of the first pieces begins where a step ends. To look for each
        form took six times as long for a line, and three times as long each for many at once.
        """
        there = [text[at : at + _PIECE] for at in range(0, len(text), self._step)]
        return not self._pieces.isdisjoint(there) or any(map(text.__contains__, _SIGNS))

    def __call__(self, line: bytes) -> bytes:
        """Return a line without its secrets, of JSON still JSON."""
        shown = line
        for form in self._forms:  # the longest first: one may be a part of another
            shown = shown.replace(form, HIDDEN)
        shown = _SHAPES.sub(HIDDEN, shown)
        if shown != line and line.startswith(b"{") and not _is_json(shown):
            return b'{"event":"a line was hidden whole: a secret is in it","level":"warning"}\n'
        return shown


def _forms(secret: str) -> Iterator[bytes]:
    """Yield how a secret may be written; of one of several lines, each line by itself as well."""
    whole = secret.strip()
    for text in {whole, *(line.strip() for line in whole.splitlines())}:
        if len(text) >= SHORTEST and not text.startswith("-----"):
            yield from _quoted(text)
    if len(whole) >= SHORTEST:
        yield from (form for form in _in_base64(whole.encode()) if len(form) >= SHORTEST)


def _quoted(text: str) -> set[bytes]:
    """Return a text as it is, as Python shows it, as URLs bear it, and each of these in JSON."""
    shown = {
        text,
        repr(text)[1:-1],
        repr("'\"" + text)[4:-1],  # as between others that have quotes of both kinds
        ascii(text)[1:-1],
        repr(text.encode())[2:-1],
    }
    urls = {quote(text), quote(text, safe=""), quote_plus(text)}
    urls |= {re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), url) for url in urls}
    plain = shown | urls
    found = set(plain)
    for _ in range(2):  # JSON may be a text in JSON
        found |= {_in_json(each, ascii_only=only) for each in found for only in (True, False)}
    return {each.encode(errors="backslashreplace") for each in found}


def _in_json(text: str, *, ascii_only: bool) -> str:
    return json.dumps(text, ensure_ascii=ascii_only)[1:-1]


def _in_base64(secret: bytes) -> Iterator[bytes]:
    """Yield what base64 shows of a secret whatever stands before and behind it, as a name does.

    Three bytes make four letters; of those at the edges a part is the neighbour's.
    """
    for before in range(3):
        padded = b"\0" * before + secret
        whole = padded[: len(padded) // 3 * 3]
        first = -(-before * 8 // 6)
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(whole)[first:]


def _is_json(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True
