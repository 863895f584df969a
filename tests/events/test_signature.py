"""A delivery counts as GitHub's only with a signature made with a secret of ours."""

import hashlib
import hmac
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.signature import WebhookSecret, signer_of

# The example in GitHub's documentation, "Validating webhook deliveries".
SECRET = b"It's a Secret to Everybody"
BODY = b"Hello, World!"
DIGITS = b"757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
HEADER = b"sha256=" + DIGITS


def signed(body: bytes, secret: bytes) -> bytes:
    return b"sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest().encode()


def is_signed(body: bytes, header: bytes | None, secrets: Sequence[bytes]) -> bool:
    known = [WebhookSecret(name=str(place), value=each) for place, each in enumerate(secrets)]
    return signer_of(body, header, known) is not None


def test_githubs_own_example_is_signed() -> None:
    assert is_signed(BODY, HEADER, [SECRET])


def test_another_secret_or_another_body_is_not() -> None:
    assert not is_signed(BODY, HEADER, [b"It's a secret to everybody"])
    assert not is_signed(BODY + b"\n", HEADER, [SECRET])


def test_every_single_digit_counts() -> None:
    for place in range(len(DIGITS)):
        other = b"0" if DIGITS[place : place + 1] != b"0" else b"1"
        changed = DIGITS[:place] + other + DIGITS[place + 1 :]
        assert not is_signed(BODY, b"sha256=" + changed, [SECRET])


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(None, id="missing"),
        pytest.param(b"", id="empty"),
        pytest.param(DIGITS, id="without its method"),
        pytest.param(b"sha256=", id="without digits"),
        pytest.param(b"sha256=" + DIGITS.upper(), id="upper-case digits"),
        pytest.param(b"SHA256=" + DIGITS, id="upper-case method"),
        pytest.param(HEADER[:-1], id="cut short"),
        pytest.param(HEADER + b"0", id="too long"),
        pytest.param(HEADER + b"\n", id="with a line end"),
        pytest.param(b" " + HEADER, id="with a space before"),
        pytest.param(HEADER + b"," + HEADER, id="twice"),
        pytest.param(b"sha256=" + "é".encode() * 32, id="not ASCII"),
        pytest.param(b"sha256=" + b"\xff" * 64, id="not UTF-8"),
        pytest.param(b"sha256=" + "٣".encode() * 64, id="digits of another script"),
    ],
)
def test_a_header_of_another_shape_is_never_a_match(header: bytes | None) -> None:
    assert not is_signed(BODY, header, [SECRET])


def test_the_older_sha1_signature_is_no_proof() -> None:
    sha1 = hmac.new(SECRET, BODY, hashlib.sha1).hexdigest().encode()
    assert not is_signed(BODY, b"sha1=" + sha1, [SECRET])
    assert not is_signed(BODY, b"sha256=" + sha1, [SECRET])


@pytest.mark.parametrize("place", [0, 1, 2])
def test_any_of_several_secrets_will_do(place: int) -> None:
    secrets = [b"one", b"two"]
    secrets.insert(place, SECRET)
    assert is_signed(BODY, HEADER, secrets)


def test_it_is_said_which_secret_it_was() -> None:
    secrets = [WebhookSecret(name="old", value=b"one"), WebhookSecret(name="new", value=SECRET)]
    signer = signer_of(BODY, HEADER, secrets)
    assert signer is not None
    assert signer.name == "new"
    assert SECRET.decode() not in repr(signer)


def test_without_a_secret_nothing_is_signed() -> None:
    assert not is_signed(BODY, HEADER, [])


def test_an_empty_secret_proves_nothing() -> None:
    forged = signed(BODY, b"")
    assert not is_signed(BODY, forged, [b""])
    assert not is_signed(BODY, forged, [SECRET, b""])


def test_an_empty_secret_beside_a_good_one_harms_nothing() -> None:
    assert is_signed(BODY, HEADER, [b"", SECRET])
    assert is_signed(BODY, HEADER, [SECRET, b""])


@given(st.binary(), st.binary(min_size=1), st.binary(min_size=1))
def test_exactly_the_secret_that_signed_verifies(body: bytes, one: bytes, two: bytes) -> None:
    header = signed(body, one)
    assert is_signed(body, header, [one])
    # HMAC pads a short key with zeros and hashes a long one, so different bytes can be one key.
    assert is_signed(body, header, [two]) == (header == signed(body, two))
