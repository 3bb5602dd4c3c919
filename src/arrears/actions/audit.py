"""Sealing the audit trail into a chain, and checking the chain.

Entries are written unchained, so that no change waits for another. A sealer takes the entries
that have no seal yet, in the order of their ids, as the leaves of a Merkle tree, and links the
root to the seal before. An entry altered, or taken out, no longer gives the root of its seal; a
seal altered no longer gives the next one's link. Erasing a person breaks nothing: entries hold
opaque ids.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from arrears.kernel.errors import Conflict
from arrears.store.audit import entry_digest
from arrears.store.copying import copy_rows
from arrears.store.models import AuditEntry, AuditSeal, AuditSealEntry

ENTRIES_MAX = 10_000
"""Entries under one seal."""
_LEAF, _NODE = b"\x00", b"\x01"  # so that no node can pass for a leaf


@dataclass(frozen=True, slots=True)
class Break:
    """One place where the trail does not hold: a code, and the seal and entry it was found at."""

    code: str  # entry_altered | entry_missing | root_differs | link_differs
    seal: int
    entry: int | None = None


def seal_entries(*, at: datetime) -> int:
    """Seal what has no seal yet, at most `ENTRIES_MAX` entries; how many that were.

    Raises Conflict when another sealer was at work: nothing was sealed, try again.
    """
    try:
        with transaction.atomic():
            is_sealed = AuditSealEntry.objects.filter(entry=OuterRef("pk"))
            found = list(AuditEntry.objects.filter(~Exists(is_sealed)).order_by("pk")[:ENTRIES_MAX])
            if found:
                _write_seal(found, at)
    except IntegrityError:
        raise Conflict(
            "audit.sealing", "Another program is sealing the audit trail.", hint="Try again."
        ) from None
    return len(found)


def verify_trail() -> Iterator[Break]:
    """Every break of the chain, in the order of the seals; none when the trail holds.

    That seals are missing at the end only shows against a digest that was kept elsewhere.
    """
    before = b""
    for number, seal in enumerate(AuditSeal.objects.order_by("id").iterator(), start=1):
        yield from _breaks_of(seal)
        if seal.pk != number or _link(before, bytes(seal.root), seal.entries) != bytes(seal.digest):
            yield Break("link_differs", seal.pk)
        before = bytes(seal.digest)


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root over at least one leaf; a node without a partner moves up as it is."""
    assert leaves, "a tree has leaves"
    level = [_sha(_LEAF, leaf) for leaf in leaves]
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [_sha(_NODE, *pair) if len(pair) > 1 else pair[0] for pair in pairs]
    return level[0]


def _write_seal(entries: Sequence[AuditEntry], at: datetime) -> None:
    last = AuditSeal.objects.order_by("id").last()
    root = merkle_root([_leaf(entry.pk, bytes(entry.digest)) for entry in entries])
    seal = AuditSeal.objects.create(
        id=last.pk + 1 if last else 1,
        previous=last,
        sealed_at=at,
        entries=len(entries),
        root=root,
        digest=_link(bytes(last.digest) if last else b"", root, len(entries)),
    )
    leaves = [(entry.pk, seal.pk, position) for position, entry in enumerate(entries)]
    copy_rows(AuditSealEntry, ["entry_id", "seal_id", "position"], leaves)


def _breaks_of(seal: AuditSeal) -> Iterator[Break]:
    """What is wrong with the entries of one seal, read anew."""
    placed = AuditSealEntry.objects.filter(seal=seal).order_by("position")
    of_id = AuditEntry.objects.in_bulk(placed.values_list("entry_id", flat=True))
    leaves = []
    for entry_id in placed.values_list("entry_id", flat=True):
        entry = of_id.get(entry_id)
        if entry is None:
            yield Break("entry_missing", seal.pk, entry_id)
            continue
        digest = _digest_of(entry)
        if digest != bytes(entry.digest):
            yield Break("entry_altered", seal.pk, entry_id)
        leaves.append(_leaf(entry_id, digest))
    if len(leaves) != seal.entries or merkle_root(leaves) != bytes(seal.root):
        yield Break("root_differs", seal.pk)


def _digest_of(entry: AuditEntry) -> bytes:
    return entry_digest(
        lender_id=entry.lender_id,
        at=entry.at,
        actor_id=entry.actor_id,
        what=entry.what,
        subjects=entry.subjects,
        facts=entry.facts,
    )


def _leaf(entry: int, digest: bytes) -> bytes:
    return entry.to_bytes(8, "big") + digest


def _link(before: bytes, root: bytes, entries: int) -> bytes:
    return _sha(before, root, entries.to_bytes(8, "big"))


def _sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()
