"""What is sealed opens with its key, in its place, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.vault import NotOpened, Vault, VaultMissing

OLD, NEW = b"an-older-key", b"a-newer-key"


@given(st.binary(max_size=300), st.text(max_size=50))
def test_what_was_sealed_opens_and_shows_nothing(plain: bytes, place: str) -> None:
    vault = Vault([NEW])
    sealed = vault.seal(plain, place)
    assert vault.open(sealed, place) == plain
    assert vault.seal(plain, place) != sealed  # a nonce is never used twice
    if len(plain) > 8:
        assert plain not in sealed


@given(st.binary(max_size=100), st.integers(min_value=0), st.integers(1, 255))
def test_whatever_byte_is_changed_it_does_not_open(plain: bytes, place: int, by: int) -> None:
    vault = Vault([NEW])
    sealed = bytearray(vault.seal(plain, "here"))
    sealed[place % len(sealed)] ^= by
    with pytest.raises(NotOpened):
        vault.open(bytes(sealed), "here")


@given(st.binary(max_size=100))
def test_what_was_never_sealed_does_not_open(anything: bytes) -> None:
    with pytest.raises(NotOpened):
        Vault([NEW]).open(anything, "here")


def test_it_opens_in_its_own_place_only() -> None:
    sealed = Vault([NEW]).seal(b"a token", "user_tokens:1:consent")
    with pytest.raises(NotOpened):
        Vault([NEW]).open(sealed, "user_tokens:2:consent")


def test_keys_are_rotated() -> None:
    old = Vault([OLD]).seal(b"a token", "here")
    both = Vault([NEW, OLD])
    assert both.open(old, "here") == b"a token"
    assert not both.is_current(old)
    assert both.is_current(both.seal(b"a token", "here"))
    with pytest.raises(NotOpened, match="ORCHESTRATOR_SECRET_KEY"):
        Vault([NEW]).open(old, "here")


def test_without_a_key_nothing_is_sealed() -> None:
    assert not Vault([]).is_usable
    with pytest.raises(VaultMissing, match="init --add-missing"):
        Vault([]).seal(b"a token", "here")


def test_a_secret_that_people_chose_is_known_again_by_any_key_and_by_its_end() -> None:
    old, new, none = Vault([b"old"]), Vault([b"new", b"old"]), Vault([])
    assert old.marks("a-token")[0] in new.marks("a-token")
    assert none.marks("a-token")[0] in new.marks("a-token")
    assert new.marks("a-token")[0] not in [*old.marks("a-token"), *none.marks("a-token")]
    assert not {*new.marks("a" * 200)} & {*new.marks("a" * 200 + "b")}
