"""Persons: numbers by which other feeds name them, and who they are."""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from arrears.actions.feeds.kinds import FLAG, LANGUAGE, NAME, PERSON_NUMBER
from arrears.actions.feeds.rows import Rows
from arrears.actions.feeds.schema import Feed, Field
from arrears.store import models
from arrears.store.copying import copy_rows, next_ids
from arrears.store.crypto import ciphers_of
from arrears.store.locks import ensure_scopes, scope_keys
from arrears.store.personal import details_of, encrypt_detail

_AT_ONCE = 10_000
ERASED = "was erased here, and is not taken in again"
_NAMED = "person_ref, person_ref_sealed, name, language, under_14"


def merge(rows: Rows) -> None:
    """New persons get a number and a key; of those on file the language and the name may change."""
    rows.build(
        ("person.id AS person_id", "person.erased_at"),
        "LEFT JOIN person ON person.lender_id = %(lender)s AND person.source_key = s.person_ref",
    )
    rows.reject("person_ref", ERASED, "r.erased_at IS NOT NULL")
    rows.reject_repeated("r.person_ref")
    rows.settle()
    known = rows.value("SELECT count(*) FROM {rows} WHERE person_id IS NOT NULL")
    changed = _change_languages(rows) | _change_names(rows) | _change_ages(rows)
    rows.count("changed", len(changed))
    rows.count("unchanged", known - len(changed))
    for some in _at_once(rows, f"SELECT {_NAMED} FROM {{rows}} WHERE person_id IS NULL"):
        _add(rows, some)
    rows.analyze("person", "person_key", "person_detail")
    _count_left_out(rows)


def _add(rows: Rows, told: Sequence[tuple[Any, ...]]) -> None:
    lender, at, seal = rows.run.lender_id, rows.run.at, rows.run.seal
    ids = next_ids(models.Person, len(told)).tolist()
    copy_rows(
        models.Person,
        ("id", "lender_id", "source_key", "language", "is_under_14", "recorded_at"),
        ((n, lender, key, *rest, at) for n, (key, _, _, *rest) in zip(ids, told, strict=True)),
    )
    made = [seal.ring.new_cipher(number) for number in ids]
    copy_rows(
        models.PersonKey,
        ("person_id", "wrapped_key", "recorded_at"),
        ((cipher.person_id, wrapped, at) for cipher, wrapped in made),
    )
    copy_rows(
        models.PersonDetail,
        ("person_id", "lender_id", "ciphertext", "recorded_at"),
        (
            (cipher.person_id, lender, encrypt_detail(cipher, _detail(seal.open(ref), rows, name)), at)
            for (cipher, _), (_, ref, name, *_) in zip(made, told, strict=True)
        ),
    )
    ensure_scopes(scope_keys(persons=ids))
    rows.count("added", len(told))


def _detail(ref: str, rows: Rows, name: bytes | None) -> dict[str, str]:
    return {"customer_ref": ref, **({"name": rows.run.seal.open(name)} if name is not None else {})}


def _change_languages(rows: Rows) -> set[int]:
    """A language that is stated and differs; what a row leaves empty stays."""
    changed = rows.fetch(
        "SELECT person.id FROM {rows} AS r JOIN person ON person.id = r.person_id"
        " WHERE r.language IS DISTINCT FROM person.language AND r.language IS NOT NULL"
    )
    ids = {number for (number,) in changed}
    rows.execute(
        "UPDATE person SET language = r.language FROM {rows} AS r"
        " WHERE person.id = r.person_id AND person.id = ANY(%(ids)s)",
        ids=list(ids),
    )
    return ids


def _change_ages(rows: Rows) -> set[int]:
    """Who is told to be a child, or to be one no longer: it may forbid a contact under way."""
    told = (
        "FROM {rows} AS r JOIN person ON person.id = r.person_id"
        " WHERE r.under_14 IS NOT NULL AND r.under_14 IS DISTINCT FROM person.is_under_14"
    )
    changed = {number for (number,) in rows.fetch(f"SELECT person.id {told}")}
    rows.touch_persons(f"SELECT person.id {told}")
    rows.execute(
        "UPDATE person SET is_under_14 = r.under_14 FROM {rows} AS r"
        " WHERE person.id = r.person_id AND person.id = ANY(%(ids)s)",
        ids=list(changed),
    )
    return changed


def _change_names(rows: Rows) -> set[int]:
    """A name that is stated and differs; the rest of the document stays."""
    changed: set[int] = set()
    asked = "SELECT person_id, name FROM {rows} WHERE person_id IS NOT NULL AND name IS NOT NULL"
    for some in _at_once(rows, asked):
        names = {person: rows.run.seal.open(name) for person, name in some}
        details = details_of(rows.run.seal.ring, list(names))
        differing = {
            person: {**detail, "name": names[person]}
            for person, detail in details.items()
            if detail.get("name") != names[person]
        }
        _write_details(rows, differing)
        changed |= set(differing)
    return changed


def _write_details(rows: Rows, details: dict[int, dict[str, Any]]) -> None:
    ciphers = ciphers_of(rows.run.seal.ring, list(details))
    rows.execute(
        "UPDATE person_detail SET ciphertext = wanted.ciphertext, recorded_at = %(at)s"
        "  FROM unnest(%(ids)s::bigint[], %(texts)s::bytea[]) AS wanted (person_id, ciphertext)"
        " WHERE person_detail.person_id = wanted.person_id",
        ids=list(details),
        texts=[encrypt_detail(ciphers[person], detail) for person, detail in details.items()],
    )


def _count_left_out(rows: Rows) -> None:
    if rows.is_full:
        rows.count(
            "left_out",
            rows.value(
                "SELECT count(*) FROM person WHERE lender_id = %(lender)s AND erased_at IS NULL"
                " AND NOT EXISTS (SELECT FROM {rows} AS r WHERE r.person_ref = person.source_key)"
            ),
        )


def _at_once(rows: Rows, query: str) -> Iterator[list[tuple[Any, ...]]]:
    """Some thousand rows of a query at a time."""
    found = rows.fetch(query)
    while some := list(islice(found, _AT_ONCE)):
        yield some


PERSONS = Feed(
    name="persons",
    version=1,
    about="Persons by the lender's number of them. Who is what to which loan is said by other feeds.",
    fields=(
        Field("person_ref", PERSON_NUMBER, "The lender's number of the person.", is_required=True),
        Field("language", LANGUAGE, "What he reads; empty: not known, the lender's is used."),
        Field("name", NAME, "His name."),
        Field("under_14", FLAG, "He is under fourteen; empty: not known, and then what is on file stays."),
    ),
    key=("person_ref",),
    merge=merge,
    absent="Persons stay on file.",
)
