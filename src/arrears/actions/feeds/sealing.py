"""Personal data on its way into the database: never in the clear, not even in a temporary table.

A person's number becomes the keyed hash that `person.source_key` holds. Other personal data is
encrypted under a key that lives as long as the import and is kept nowhere else.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from arrears.actions.feeds.schema import Feed
from arrears.store.crypto import Keyring

_NONCE_BYTES = 12
_BOUND_TO = b"staged"


@dataclass(frozen=True, slots=True)
class Seal:
    """Hides what is staged of persons; `open` gives it back within the same import."""

    lender_id: int
    ring: Keyring
    _aead: AESGCM = field(default_factory=lambda: AESGCM(AESGCM.generate_key(256)), repr=False)

    def hide(self, feed: Feed, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with every personal column as hexadecimal text of a bytea, households as numbers."""
        for each in feed.fields:
            column = rows[each.name]
            if each.kind.staged == "sealed":
                rows = rows.with_columns(self._sealed(column))
            if each.kind.staged == "named":
                rows = rows.with_columns(self._sealed(column).alias(f"{each.name}_sealed"))
            if each.kind.staged in ("keyed", "named"):
                rows = rows.with_columns(self._keyed(column))
            if each.kind.staged == "household":
                rows = rows.with_columns(self._households(column))
        return rows

    def open(self, sealed: bytes) -> str:
        return self._aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _BOUND_TO).decode()

    def _keyed(self, refs: pl.Series) -> pl.Series:
        different = refs.unique().drop_nulls().to_list()
        keys = [_bytea(self.ring.source_key(self.lender_id, ref)) for ref in different]
        return refs.replace_strict(different, keys, default=None, return_dtype=pl.String)

    def _households(self, refs: pl.Series) -> pl.Series:
        different = refs.unique().drop_nulls().to_list()
        keys = [self.ring.household_key(self.lender_id, ref) for ref in different]
        return refs.replace_strict(different, keys, default=None, return_dtype=pl.Int64)

    def _sealed(self, texts: pl.Series) -> pl.Series:
        sealed: Sequence[str | None] = [
            None if text is None else self._seal(text) for text in texts.to_list()
        ]
        return pl.Series(texts.name, sealed, pl.String)

    def _seal(self, text: str) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        return _bytea(nonce + self._aead.encrypt(nonce, text.encode(), _BOUND_TO))


def _bytea(value: bytes) -> str:
    return rf"\x{value.hex()}"
