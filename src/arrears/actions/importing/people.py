"""The people of a chunk into tables: who they are, how they are reached, where they may be.

A file is the lender's own knowledge from the contract. What it states replaces what an earlier
file stated; what it does not mention stays; what a borrower said himself is not touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from arrears.actions.importing.context import Context
from arrears.actions.importing.households import change_households
from arrears.actions.importing.known import Known, Person
from arrears.actions.importing.validating import Rows
from arrears.store import models
from arrears.store.copying import copy_rows, next_ids
from arrears.store.crypto import PersonCipher, ciphers_of
from arrears.store.locks import ensure_scopes, scope_keys
from arrears.store.personal import details_of, encrypt_detail

POINT_FIELDS = ("app_inbox", "email", "mobile")
_SOURCE, _FROM = "contract", "address"
_Evidence = tuple[int, str, str, int | None]  # person, place, zone, what it supersedes


@dataclass(frozen=True, slots=True)
class _Told:
    """What a row says of one person."""

    ref: str
    source_key: bytes
    row: int


def store_people(context: Context, rows: Rows, known: Known) -> list[int]:
    """Write what is new about the borrowers of these rows; their ids, one per row."""
    told = _one_per_person(rows, known)
    new = [each for each in told if each.source_key not in known.people]
    ids = dict(
        zip((each.source_key for each in new), next_ids(models.Person, len(new)).tolist(), strict=True)
    )
    _add_people(context, rows, new, ids)
    old = [each for each in told if each.source_key in known.people]
    _update_people(context, rows, [each for each in old if known.is_news(rows, each.row)], known)
    ids |= {each.source_key: known.people[each.source_key].id for each in old}
    return [ids[key] for key in known.source_keys]


def _one_per_person(rows: Rows, known: Known) -> list[_Told]:
    """One row for each person, the newest news: rows of a file do not contradict each other."""
    chosen: dict[bytes, _Told] = {}
    for row, (ref, key) in enumerate(zip(rows["person_ref"], known.source_keys, strict=True)):
        if key not in chosen or (known.is_news(rows, row) and not known.is_news(rows, chosen[key].row)):
            chosen[key] = _Told(ref, key, row)
    return list(chosen.values())


def _add_people(context: Context, rows: Rows, new: Sequence[_Told], ids: dict[bytes, int]) -> None:
    lender, at = context.lender_id, context.at
    copy_rows(
        models.Person,
        ("id", "lender_id", "source_key", "contact_group", "language", "recorded_at"),
        (
            (ids[each.source_key], lender, each.source_key, ids[each.source_key], language, at)
            for each, language in ((each, rows["language"][each.row]) for each in new)
        ),
    )
    ciphers: dict[int, PersonCipher] = {}
    wrapped: list[bytes] = []
    for each in new:
        cipher, key = context.ring.new_cipher(ids[each.source_key])
        ciphers[cipher.person_id] = cipher
        wrapped.append(key)
    copy_rows(
        models.PersonKey,
        ("person_id", "wrapped_key", "recorded_at"),
        ((person, key, at) for person, key in zip(ciphers, wrapped, strict=True)),
    )
    copy_rows(
        models.PersonDetail,
        ("person_id", "lender_id", "ciphertext", "recorded_at"),
        (
            (cipher.person_id, lender, encrypt_detail(cipher, _detail(rows, each)), at)
            for each, cipher in zip(new, ciphers.values(), strict=True)
        ),
    )
    _add_points(
        context,
        (
            (cipher, name, rows[name][each.row])
            for each, cipher in zip(new, ciphers.values(), strict=True)
            for name in POINT_FIELDS
            if rows[name][each.row] is not None
        ),
    )
    places = [(ids[each.source_key], _where(rows, each.row)) for each in new]
    _add_evidence(context, ((person, *where, None) for person, where in places if where is not None))
    change_households(context, rows, {ids[each.source_key]: each.row for each in new})
    ensure_scopes(scope_keys(persons=ids.values()))
    context.count("people_added", len(new))


def _update_people(context: Context, rows: Rows, told: Sequence[_Told], known: Known) -> None:
    people = {known.people[each.source_key].id: each for each in told}
    if not people:
        return
    changed = _update_persons(rows, told, known)
    changed |= _update_details(context, rows, people)
    changed |= _update_points(context, rows, people)
    changed |= _update_evidence(context, rows, people)
    moved = change_households(context, rows, {person: each.row for person, each in people.items()})
    context.tightened.extend(moved)
    changed |= moved
    context.count("people_changed", len(changed))


def _update_persons(rows: Rows, told: Sequence[_Told], known: Known) -> set[int]:
    changed: list[tuple[int, str]] = []
    for each in told:
        person: Person = known.people[each.source_key]
        if person.language != rows["language"][each.row] or person.contact_group is None:
            changed.append((person.id, rows["language"][each.row]))
    _execute(
        "UPDATE person SET language = wanted.language, contact_group = coalesce(contact_group, id)"
        "  FROM unnest(%s::bigint[], %s::text[]) AS wanted (person_id, language) WHERE id = wanted.person_id",
        [[person for person, _ in changed], [language for _, language in changed]],
    )
    return {person for person, _ in changed}


def _update_details(context: Context, rows: Rows, people: dict[int, _Told]) -> set[int]:
    """A name that changed; the rest of the document stays."""
    if "name" not in context.stated:
        return set()
    details = details_of(context.ring, list(people))
    changed = {
        person: detail | _detail(rows, people[person])
        for person, detail in details.items()
        if rows["name"][people[person].row] not in (None, detail.get("name"))
    }
    ciphers = ciphers_of(context.ring, list(changed))
    _execute(
        "UPDATE person_detail SET ciphertext = wanted.ciphertext, recorded_at = %s"
        "  FROM unnest(%s::bigint[], %s::bytea[]) AS wanted (person_id, ciphertext)"
        " WHERE person_detail.person_id = wanted.person_id",
        [
            context.at,
            list(changed),
            [encrypt_detail(ciphers[person], detail) for person, detail in changed.items()],
        ],
    )
    return set(changed)


def _update_points(context: Context, rows: Rows, people: dict[int, _Told]) -> set[int]:
    """Addresses the file states in place of those an earlier file stated."""
    names = [name for name in POINT_FIELDS if name in context.stated]
    on_file: dict[tuple[int, str], dict[int, tuple[int, bool]]] = {}
    for point, person, kind, value_key, is_retired in _points_on_file(list(people), names):
        on_file.setdefault((person, kind), {})[value_key] = (point, is_retired)
    fresh: list[tuple[int, str, str]] = []
    back: list[tuple[int, int]] = []
    gone: list[tuple[int, int]] = []
    for person, each in people.items():
        for name in names:
            stated = rows[name][each.row]
            wanted = None if stated is None else context.ring.value_key(name, stated)
            here = on_file.get((person, name), {})
            if wanted is not None and wanted not in here:
                fresh.append((person, name, stated))
            elif wanted is not None and here[wanted][1]:
                back.append((person, here[wanted][0]))
            gone += [(person, p) for key, (p, is_retired) in here.items() if key != wanted and not is_retired]
    ciphers = ciphers_of(context.ring, [person for person, _, _ in fresh])
    _add_points(context, ((ciphers[person], name, value) for person, name, value in fresh))
    _retire(context, [point for _, point in gone], is_retired=True)
    _retire(context, [point for _, point in back], is_retired=False)
    context.tightened.extend(person for person, _ in gone)
    return {person for person, _, _ in fresh} | {person for person, _ in back + gone}


def _update_evidence(context: Context, rows: Rows, people: dict[int, _Told]) -> set[int]:
    """Where the file says a person lives, in place of where it said so before."""
    if "place" not in context.stated:
        return set()
    on_file: dict[int, dict[tuple[str, str], int]] = {}
    for person, evidence, place, zone in _evidence_on_file(list(people)):
        on_file.setdefault(person, {})[place, zone] = evidence
    moved: list[_Evidence] = []
    for person, each in people.items():
        here, where = on_file.get(person, {}), _where(rows, each.row)
        if where is not None and where not in here:
            moved.append((person, *where, max(here.values(), default=None)))
    _add_evidence(context, moved)
    context.tightened.extend(each[0] for each in moved)
    return {each[0] for each in moved}


def _add_points(context: Context, points: Iterable[tuple[PersonCipher, str, str]]) -> None:
    """New contact points, with the rows they are locked and counted by."""
    made = [
        (cipher.person_id, kind, *context.ring.point_value(cipher, kind, value))
        for cipher, kind, value in points
    ]
    copy_rows(
        models.ContactPoint,
        (
            *("lender_id", "person_id", "kind", "value_encrypted", "value_key", "zones"),
            *("source", "owner_kind", "recorded_at"),
        ),
        ((context.lender_id, *point, _SOURCE, "own", context.at) for point in made),
    )
    ensure_scopes(scope_keys(values=[value_key for *_, value_key, _ in made]))


def _retire(context: Context, points: list[int], *, is_retired: bool) -> None:
    _execute(
        "UPDATE contact_point SET retired_at = %s,"
        "       recorded_at = greatest(%s, recorded_at + interval '1 microsecond') WHERE id = ANY(%s)",
        [context.at if is_retired else None, context.at, points],
    )


def _add_evidence(context: Context, evidence: Iterable[_Evidence]) -> None:
    copy_rows(
        models.ZoneEvidence,
        ("lender_id", "person_id", "place", "zone", "supersedes_id", "source", "actor_id", "recorded_at"),
        ((context.lender_id, *each, _FROM, context.actor_id, context.at) for each in evidence),
    )


def _points_on_file(people: list[int], kinds: list[str]) -> Iterator[tuple[Any, ...]]:
    return _rows(
        "SELECT id, person_id, kind, value_key, retired_at IS NOT NULL FROM contact_point"
        " WHERE person_id = ANY(%s) AND kind = ANY(%s) AND source = %s",
        [people, kinds, _SOURCE],
    )


def _evidence_on_file(people: list[int]) -> Iterator[tuple[Any, ...]]:
    return _rows(
        "SELECT person_id, id, place, zone FROM zone_evidence AS evidence"
        " WHERE person_id = ANY(%s) AND source = %s"
        "   AND NOT EXISTS (SELECT FROM zone_evidence AS later WHERE later.supersedes_id = evidence.id)"
        " ORDER BY id",
        [people, _FROM],
    )


def _detail(rows: Rows, each: _Told) -> dict[str, str]:
    """What the file says of who a person is: the lender's number, and the name if it has one."""
    name = rows["name"][each.row]
    return {"customer_ref": each.ref, **({"name": name} if name is not None else {})}


def _where(rows: Rows, row: int) -> tuple[str, str] | None:
    place, zone = rows["place"][row], rows["zone"][row]
    return None if place is None else (place, zone)


def _rows(statement: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        yield from cursor.fetchall()


def _execute(statement: str, values: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
