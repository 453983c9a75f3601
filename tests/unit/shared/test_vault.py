"""The vault: what is sealed is opened by the right key for the right report, and by nothing else."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretBytes

from shared.vault import Unreadable, Vault

ONE, TWO = SecretBytes(b"1" * 32), SecretBytes(b"2" * 32)
REPORT, OTHER = UUID(int=1), UUID(int=2)


@given(st.binary(max_size=2000))
def test_what_is_sealed_is_opened(plain: bytes) -> None:
    vault = Vault({"one": ONE})
    assert vault.open(REPORT, vault.seal(REPORT, plain)) == plain


def test_nothing_of_the_text_is_seen_in_what_is_kept() -> None:
    kept = Vault({"one": ONE}).seal(REPORT, b"rahayu@example.org")
    assert b"rahayu" not in kept.sealed + kept.wrapped_key


def test_the_same_text_is_sealed_differently_each_time() -> None:
    vault = Vault({"one": ONE})
    assert vault.seal(REPORT, b"x").sealed != vault.seal(REPORT, b"x").sealed


def test_a_row_cannot_be_swapped_with_that_of_another_report() -> None:
    vault = Vault({"one": ONE})
    with pytest.raises(Unreadable):
        vault.open(OTHER, vault.seal(REPORT, b"x"))


def test_a_rotated_ring_opens_what_the_old_key_sealed_and_seals_with_the_new() -> None:
    old = Vault({"one": ONE}).seal(REPORT, b"x")
    rotated = Vault({"two": TWO, "one": ONE})
    assert rotated.open(REPORT, old) == b"x"
    assert rotated.seal(REPORT, b"x").master_key == "two"


def test_without_its_master_key_nothing_is_read() -> None:
    kept = Vault({"one": ONE}).seal(REPORT, b"x")
    with pytest.raises(Unreadable):
        Vault({"two": TWO}).open(REPORT, kept)


def test_with_the_wrapped_key_destroyed_nothing_is_read() -> None:
    vault = Vault({"one": ONE})
    kept = vault.seal(REPORT, b"x")
    for rest in (b"", b"\0" * len(kept.wrapped_key)):
        with pytest.raises(Unreadable):
            vault.open(REPORT, kept._replace(wrapped_key=rest))


@given(st.integers(min_value=0, max_value=40))
def test_a_changed_byte_is_noticed(place: int) -> None:
    vault = Vault({"one": ONE})
    kept = vault.seal(REPORT, b"a text of some length")
    changed = bytearray(kept.sealed)
    changed[place % len(changed)] ^= 1
    with pytest.raises(Unreadable):
        vault.open(REPORT, kept._replace(sealed=bytes(changed)))


def test_a_key_is_wrapped_anew_and_what_it_sealed_stays_as_it_is() -> None:
    old = Vault({"one": ONE}).seal(REPORT, b"x")
    ring = Vault({"two": TWO, "one": ONE})
    anew = ring.rewrap(REPORT, old)
    assert anew.master_key == ring.newest == "two"
    assert anew.sealed == old.sealed
    assert Vault({"two": TWO}).open(REPORT, anew) == b"x"
    assert ring.rewrap(REPORT, anew) == anew


def test_a_key_of_another_ring_or_report_is_not_wrapped_anew() -> None:
    old = Vault({"one": ONE}).seal(REPORT, b"x")
    with pytest.raises(Unreadable):
        Vault({"two": TWO}).rewrap(REPORT, old)
    with pytest.raises(Unreadable):
        Vault({"two": TWO, "one": ONE}).rewrap(OTHER, old)
