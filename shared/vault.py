"""Sealing identity: each report has a key of its own, wrapped by a master key; both AES-256-GCM (NIST SP 800-38D).

Destroying a report's wrapped key makes what it sealed unreadable. A backup that holds both is unreadable once the
master key that wrapped it is gone from the ring: rotate, wrap the others anew (`rewrap`), drop the old key. Master keys
rotate: the first of the ring seals, all of them open.
"""

import os
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretBytes

_KEY_BYTES = 32
_NONCE_BYTES = 12


class Unreadable(Exception):
    """The key is gone or is not the one that sealed this: nobody can read it, and trying again does not help."""


class Sealed(NamedTuple):
    """What the vault keeps of one report's identity."""

    master_key: str
    wrapped_key: bytes
    sealed: bytes


class Vault:
    """A ring of master keys by name, newest first."""

    def __init__(self, ring: Mapping[str, SecretBytes]) -> None:
        self._ring = {name: AESGCM(key.get_secret_value()) for name, key in ring.items()}
        self._newest = next(iter(self._ring))

    def seal(self, report_id: UUID, plain: bytes) -> Sealed:
        """`plain` under a fresh key of its own; bound to the report, so that rows cannot be swapped."""
        fresh = os.urandom(_KEY_BYTES + 2 * _NONCE_BYTES)  # asked of the system once
        key, for_key, for_plain = fresh[:_KEY_BYTES], fresh[_KEY_BYTES:-_NONCE_BYTES], fresh[-_NONCE_BYTES:]
        wrapped = for_key + self._ring[self._newest].encrypt(for_key, key, report_id.bytes)
        return Sealed(self._newest, wrapped, for_plain + AESGCM(key).encrypt(for_plain, plain, report_id.bytes))

    @property
    def newest(self) -> str:
        """The name of the master key that seals."""
        return self._newest

    def rewrap(self, report_id: UUID, kept: Sealed) -> Sealed:
        """The same under the newest master key: its own key is wrapped anew, what it sealed stays as it is.

        Raises:
            Unreadable: the master key is not in the ring, or the key is not that of this report.
        """
        if kept.master_key == self._newest:
            return kept
        wrapped = _encrypt(self._ring[self._newest], self._unwrapped(report_id, kept), report_id)
        return Sealed(self._newest, wrapped, kept.sealed)

    def open(self, report_id: UUID, kept: Sealed) -> bytes:
        """What was sealed.

        Raises:
            Unreadable: the master key is not in the ring, or the data is not what was sealed for this report.
        """
        key = self._unwrapped(report_id, kept)
        try:
            return _decrypt(AESGCM(key), kept.sealed, report_id)
        except (InvalidTag, ValueError):
            raise Unreadable("not what was sealed for this report") from None

    def _unwrapped(self, report_id: UUID, kept: Sealed) -> bytes:
        master = self._ring.get(kept.master_key)
        if master is None:
            raise Unreadable(f"master key {kept.master_key} is not in the ring")
        try:
            return _decrypt(master, kept.wrapped_key, report_id)
        except (InvalidTag, ValueError):
            raise Unreadable("not the key of this report") from None


def _encrypt(cipher: AESGCM, plain: bytes, report_id: UUID) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, report_id.bytes)


def _decrypt(cipher: AESGCM, data: bytes, report_id: UUID) -> bytes:
    return cipher.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], report_id.bytes)
