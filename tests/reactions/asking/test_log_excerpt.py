"""What of a job's log is kept: bounded, without credentials, the lines that matter."""

import re
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.github.failures import MAX_EXCERPT, MAX_LINES
from gateway.storage import KEPT
from reactions.asking.log_excerpt import cleaned, excerpt_of, masked, one_line, within
from simulator.payloads import a_check_run
from simulator.payloads.jobs import SECRET, a_job_log

# In pieces, so that nobody who looks for secrets in sources finds one.
PEM = "-----BEGIN RSA " + "PRIVATE KEY-----\n{}-----END RSA " + "PRIVATE KEY-----"
SECRETS = [
    "gh" + "s_16C7e42F292c6912E7710c838347Ae178B4a",
    "github_" + "pat_11ABCDEFG0abcdefghijklmnop",
    "AKI" + "AIOSFODNN7EXAMPLE",
    "xox" + "b-123456789012-abcdefGHIJKL",
    "sk_" + "live_51H8abcdefghijklmnop",
    "sk-" + "proj-abcdefghijklmnopqrstuvwx",
    "AIza" + "SyA1234567890abcdefghijklmnopqrstu",
    "glpat" + "-abcdefghij0123456789",
    "ey" + "JhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLXRoYXQtaXM",
]
VALUES = ["hunter2hunter2", "Tr0ub4dor&3", "s3cr3t/with+signs=="]
PLACES = [
    "password={}",
    "DB_PASSWORD: {}",
    '"api_key": "{}"',
    "Authorization: Bearer {}",
    "authorization: token {}",
    "postgres://ada:{}@db.example.com/x",
    "https://x.example.com/?sig={}",
]

red = st.sampled_from(["", "\x1b[31m", "\x1b[0m", "\x1b]0;title\x07", "\u200b", "\u202e"])
noise = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def kept(text: str) -> str:
    return excerpt_of(text.encode())


@given(st.binary(max_size=3000) | st.text(max_size=3000).map(lambda text: text.encode("utf-8")))
def test_whatever_a_log_is_it_stays_within_bounds_and_prints(log: bytes) -> None:
    excerpt = excerpt_of(log)
    assert len(excerpt) <= MAX_EXCERPT
    assert excerpt.count("\n") < MAX_LINES
    assert all(line.isprintable() for line in excerpt.split("\n"))


@given(st.lists(st.sampled_from(["ok", "error: x", "y" * 500, "", "E   z"]), max_size=400))
def test_however_long_a_log_is_it_stays_within_bounds(lines: list[str]) -> None:
    excerpt = kept("\n".join(lines))
    assert len(excerpt) <= MAX_EXCERPT
    assert excerpt.count("\n") < MAX_LINES


@given(st.sampled_from(SECRETS), noise, noise, red, st.data())
def test_no_credential_of_a_known_shape_is_kept(
    secret: str, before: str, after: str, colour: str, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(secret) - 1))
    text = f"{before} {secret[:cut]}{colour}{secret[cut:]} {after}"
    assert secret not in kept(text)
    assert secret not in one_line(text, 10_000)


@given(st.sampled_from(PLACES), st.sampled_from(VALUES))
def test_no_value_that_is_named_a_secret_is_kept(place: str, value: str) -> None:
    assert value not in kept(f"error: {place.format(value)} was refused")


@given(st.integers(0, 40), st.booleans())
def test_no_private_key_is_kept_whole_or_in_part(lines: int, begins: bool) -> None:  # noqa: FBT001
    body = "".join(f"{number:04}{'aB3+' * 15}\n" for number in range(lines))
    text = PEM.format(body)
    text = text if begins else text.partition("\n")[2]
    assert "aB3+" not in kept(f"error: the key is\n{text}\nas you see")


def longest(text: str) -> float:
    """Processor seconds that it takes to mask as much as is read of a log, the least of three."""
    log = (text * (KEPT // len(text) + 1))[:KEPT]
    return min(taken(log) for _ in range(3))


def taken(log: str) -> float:
    began = thread_time()
    masked(log)
    return thread_time() - began


@pytest.mark.parametrize("text", ["-----BEGIN " + "PRIVATE KEY-----", "eyJ-", "://:"])
def test_no_text_takes_much_longer_than_another(text: str) -> None:
    """While one pattern reads it, no other thread of the process has its turn."""
    assert longest(text) < 5 * longest("hello world foo\n")


@given(st.text(max_size=500))
def test_what_is_masked_once_is_masked(text: str) -> None:
    assert masked(masked(text)) == masked(text)


def test_half_a_line_at_the_cut_is_dropped_since_it_may_be_half_a_secret() -> None:
    assert excerpt_of(b"half-of-a-secret\nerror: x", whole=False) == "error: x"


def test_the_lines_around_an_error_are_kept_and_the_rest_is_not() -> None:
    lines = [f"step {number}" for number in range(100)]
    lines[50] = "Error: the link is gone"
    excerpt = kept("\n".join(lines))
    assert excerpt.split("\n") == lines[46:54]


def test_of_a_log_that_speaks_of_no_error_the_end_is_kept() -> None:
    lines = [f"step {number}" for number in range(100)]
    excerpt = kept("\n".join([*lines, "##[error]Process completed with exit code 1."]))
    assert excerpt.endswith("step 99\nError: Process completed with exit code 1.")
    assert excerpt.startswith("step 0\n")


def test_of_a_progress_bar_the_last_state_is_kept() -> None:
    assert cleaned("  1%\r 50%\r100% error\r\nnext") == "100% error\nnext"


def test_a_jobs_log_of_github_is_told_in_what_matters() -> None:
    check = a_check_run("test", conclusion="failure")
    excerpt = kept(a_job_log(check, conclusion="failure"))
    assert "AssertionError: the session is 'closed', not 'open'" in excerpt
    assert SECRET not in excerpt
    assert "\x1b" not in excerpt
    assert not re.search(r"\d{4}-\d\d-\d\dT", excerpt)


@pytest.mark.parametrize(("most_lines", "most"), [(3, 100), (100, 20), (1, 1)])
def test_lines_are_cut_in_the_middle(most_lines: int, most: int) -> None:
    cut = within([f"line {number}" for number in range(10)], most_lines, most)
    assert len(cut) <= most
    assert cut.count("\n") < most_lines
    assert "…" in cut
