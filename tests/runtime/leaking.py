"""A program that logs secrets in whatever place, and fails where one comes out."""

import base64
import io
import json
import logging
import sys
from urllib.parse import quote

import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.logs import configure_logs, hide, lines, tell_request

TEXT = st.text(st.characters(exclude_categories=("Cs", "Zl", "Zp", "Cc")), max_size=12)
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
RANDOM = st.text(LETTERS, min_size=40, max_size=60)
OF_SETTINGS = st.one_of(
    RANDOM,
    # What somebody thought up, quotes, backslashes and other alphabets included.
    st.text(
        st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_categories=("Cc", "Z")),
        min_size=12,
        max_size=40,
    ).filter(lambda text: len(set(text)) > 7),
)
SHAPED = st.one_of(
    st.builds(
        "{}{}".format,
        st.sampled_from(["ghu_", "ghr_", "ghs_", "ghp_", "github_pat_"]),
        st.text("abcXYZ0189", min_size=20, max_size=80),
    ),
    st.builds("cwo_{}".format, RANDOM),
    st.builds("eyJ{}.eyJ{}.{}".format, RANDOM, RANDOM, RANDOM),
)


def written(style: str, secret: str, before: str, behind: str) -> str:
    """Log a secret in every place that there is; return what was written."""
    out = io.BytesIO()
    sys.stderr = io.TextIOWrapper(out, encoding="utf-8", write_through=True)
    configure_logs("debug", style)
    log, library = structlog.get_logger("ours"), logging.getLogger("theirs")
    around = f"{before}{secret}{behind}"
    event = f"an event {around}"
    log.info(event, number=17, value=around, within=[{"deep": (around, 1)}])
    log.info("bytes", value=repr(around.encode()), url=f"https://x/?q={quote(around, safe='')}")
    log.info("json", value=json.dumps({"text": around}), twice=json.dumps(json.dumps(around)))
    log.info("basic", value=base64.b64encode(around.encode()).decode())
    log.info("shown", value=repr([around, "'\""]))
    library.warning("of a library: %s", around)
    library.warning("of a library: %r", {"authorization": f"token {around}"})
    try:
        fail(around)
    except RuntimeError:
        log.exception("failed")
        library.exception("failed")
    tell_request({"method": "GET", "path": f"/{around}", "status": 404}, "one")
    lines.drain(60)
    return out.getvalue().decode()


def fail(around: str) -> None:
    try:
        int(around)
    except ValueError as error:
        raise RuntimeError({"wrapped": around}) from error
    raise RuntimeError(around)


def assert_hidden(secret: str, found: str, *, encoded: bool) -> None:
    """Assert that a secret is in no line, and that each line is still one."""
    forms = {secret, json.dumps(secret)[1:-1], quote(secret, safe=""), repr(secret)[1:-1]}
    if encoded:
        # Letters at the edges are shared with what stands beside it.
        forms.add(base64.b64encode(secret.encode()).decode()[: len(secret) // 3 * 4])
    assert not [form for form in forms if form in found], (secret, found)
    assert found.count("\n") >= 10


@settings(max_examples=int(sys.argv[2]), deadline=None)
@given(OF_SETTINGS, TEXT, TEXT)
def what_is_known(secret: str, before: str, behind: str) -> None:
    hide([secret])
    found = written(sys.argv[1], secret, before, behind)
    assert_hidden(secret, found, encoded=True)
    if sys.argv[1] == "json":
        assert [json.loads(line) for line in found.splitlines()]


@settings(max_examples=int(sys.argv[2]), deadline=None)
@given(
    SHAPED, st.sampled_from(["", " ", "x=", "(", '"']), st.sampled_from(["", " ", ")", '"', "'"])
)
def what_has_its_shape(secret: str, before: str, behind: str) -> None:
    found = written(sys.argv[1], secret, before, behind)
    assert secret not in found, found


if __name__ == "__main__":
    errors = sys.stderr
    try:
        what_is_known()
        what_has_its_shape()
    finally:
        sys.stderr = errors
