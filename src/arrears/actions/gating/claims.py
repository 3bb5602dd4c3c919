"""Which planned contacts the gate takes into one batch."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
from django.db import connection

from arrears.kernel.days import day_of
from arrears.kernel.planning.clearing import Intended
from arrears.kernel.planning.strategy import Strategy
from arrears.kernel.vocabulary import Channel, NoticeKind, Purpose, RecipientKind, code_of
from arrears.store.locks import ScopeKey, households_of, scope_keys


@dataclass(frozen=True, slots=True)
class Due:
    """Planned contacts of one lender that look due, before anything is locked: what each is counted by.

    They stand in the order of deciding.
    """

    lender: int
    scopes_of: Mapping[int, AbstractSet[ScopeKey]]

    @property
    def contacts(self) -> tuple[int, ...]:
        return tuple(self.scopes_of)

    @property
    def scopes(self) -> list[ScopeKey]:
        return sorted(set[ScopeKey]().union(*self.scopes_of.values()))

    def within(self, held: AbstractSet[ScopeKey], but: AbstractSet[int] = frozenset()) -> Due:
        """Those for which these locks are enough, `but` these; none that shares a scope with one before it
        that has to wait, so each person's contacts are decided in their order.
        """
        kept, waited_for = dict[int, AbstractSet[ScopeKey]](), set[ScopeKey]()
        for contact, scopes in self.scopes_of.items():
            if contact not in but and scopes <= held and waited_for.isdisjoint(scopes):
                kept[contact] = scopes
            else:
                waited_for |= scopes
        return Due(self.lender, kept)

    def first(self) -> Due:
        """The one that is decided before the others."""
        contact, scopes = next(iter(self.scopes_of.items()))
        return Due(self.lender, {contact: scopes})


class Claim(NamedTuple):
    """One loan of one planned contact, as it stands under the lock."""

    contact: int
    person: int
    recipient_kind: str
    point: int
    value_key: int
    channel: str
    notice: str
    purpose: str
    language: str | None
    tries: int
    not_after_at: datetime
    loan: int
    step: str
    rank: int
    episode_start_on: date


def find_due(
    *, channel: str, versions: Mapping[int, str], at: datetime, limit: int, but: Collection[int] = ()
) -> Due | None:
    """At most `limit` due contacts of one lender; None when there are none.

    What is permitted only for a short time goes before what has time, then the longest due first.
    Those of `but` are passed over, and those that another gate has claimed, so gates beside each
    other take different ones; nothing is locked when this returns. `versions` are those of the
    strategies in use, by lender; a lender without one is not served. Contacts planned under another
    version are left to lapse: their steps may mean something else now.
    """
    with connection.cursor() as cursor:
        asked: dict[str, Any] = {"channel": channel, "versions": as_json(versions), "at": at, "limit": limit}
        cursor.execute(_DUE, asked | {"but": list(but)})
        rows = cursor.fetchall()
    if not rows:
        return None
    return _due(row for row in rows if row[1] == rows[0][1])


def find_next_call(*, lender: int, version: str, at: datetime, but: Collection[int] = ()) -> Due | None:
    """The due call with the least time left, of a person and to a number that nobody is calling; or None.

    Those of `but` are passed over.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_CALL, {"lender": lender, "version": version, "at": at, "but": list(but)})
        rows = cursor.fetchall()
    return _due(rows) if rows else None


def find_reserved(attempt: int) -> Due | None:
    """The contact that an attempt was reserved for; None when it is reserved no longer."""
    with connection.cursor() as cursor:
        cursor.execute(_RESERVED, [attempt])
        rows = cursor.fetchall()
    return _due(rows) if rows else None


def _due(rows: Iterable[tuple[int, int, int, int | None, int]]) -> Due:
    """Of rows of contact, lender, recipient, borrower and address, all of one lender."""
    every, lender, scopes_of = list(rows), 0, dict[int, set[ScopeKey]]()
    homes = households_of({person for _, _, *people, _ in every for person in people if person is not None})
    for contact, lender, *people, value in every:  # noqa: B007 - the same in each
        persons = [person for person in people if person is not None]
        households = set[int]().union(*(homes.get(person, ()) for person in persons))
        scopes = scope_keys(persons=persons, values=[value], households=households)
        scopes_of.setdefault(contact, set()).update(scopes)
    return Due(lender, scopes_of)


def in_turn(due: Due, held: AbstractSet[ScopeKey], *, channel: str, version: str, at: datetime) -> Due:
    """Those of `due` that can be decided under these locks, and none before an earlier one of its person.

    An earlier one is not among them when another gate was looking at it while these were looked for.
    """
    free = due.within(held)
    asked: dict[str, Any] = {
        "contacts": list(free.contacts),
        "channel": channel,
        "version": version,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OVERTAKING, asked)
        overtaking = {row[0] for row in cursor.fetchall()}
    return free.within(held, overtaking)


def claim(contacts: Sequence[int], *, state: str = "planned") -> list[Claim]:
    """Take those that are still planned and that nobody else holds; waits for nobody.

    Called under the scope locks. One element per loan still served, in the order of deciding. With
    another `state`, those that are still in it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [list(contacts), state])
        return [Claim(*row) for row in cursor.fetchall()]


def of_locked_households(claims: Sequence[Claim], scopes: Collection[ScopeKey]) -> list[Claim]:
    """Those of persons whose households are all locked; whoever joined one meanwhile is for another batch.

    Called under the locks of the persons, who join and leave no household while they are held.
    """
    locked = {key.key for key in scopes if key.kind == "household"}
    homes = households_of({each.person for each in claims})
    return [each for each in claims if homes.get(each.person, set()) <= locked]


def not_called_now(claims: Sequence[Claim]) -> list[Claim]:
    """Those of a person and to a number that nobody is calling; called under the scope locks."""
    persons, values = {each.person for each in claims}, {each.value_key for each in claims}
    with connection.cursor() as cursor:
        cursor.execute(_CALLED_NOW, [list(persons), list(values)])
        called = set(cursor.fetchall())
    taken = {person for person, _ in called}, {value for _, value in called}
    return [each for each in claims if each.person not in taken[0] and each.value_key not in taken[1]]


def intended(claims: Sequence[Claim], strategy: Strategy) -> Intended:
    """The claims as columns, their words as codes and their steps as positions in the strategy."""

    def column(values: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array(values, np.int64)

    return Intended(
        contact=column([each.contact for each in claims]),
        loan=column([each.loan for each in claims]),
        person=column([each.person for each in claims]),
        recipient_kind=column([code_of(RecipientKind, each.recipient_kind) for each in claims]),
        point=column([each.point for each in claims]),
        channel=column([code_of(Channel, each.channel) for each in claims]),
        notice=column([code_of(NoticeKind, each.notice) for each in claims]),
        purpose=column([code_of(Purpose, each.purpose) for each in claims]),
        step=column([strategy.position(each.step) for each in claims]),
        episode_start_on=column([day_of(each.episode_start_on) for each in claims]),
    )


def as_json(versions: Mapping[int, str]) -> str:
    """Versions by lender as the queries take them: `versions ->> lender_id` is the lender's, or null."""
    return json.dumps({str(lender): version for lender, version in versions.items()})


@dataclass(frozen=True, slots=True)
class Left:
    """Planned contacts still due: of the versions of the strategies in use, and of all others."""

    of_this: int
    of_others: int


def count_left(*, versions: Mapping[int, str], at: datetime) -> Left:
    """How many planned contacts are due at this instant."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE strategy_version = in_use),"
            "       count(*) FILTER (WHERE in_use IS NULL OR strategy_version IS DISTINCT FROM in_use)"
            " FROM planned_contact, LATERAL (SELECT %(versions)s::jsonb ->> lender_id::text AS in_use) AS its"
            " WHERE state = 'planned' AND not_before_at <= %(at)s",
            {"versions": as_json(versions), "at": at},
        )
        return Left(*cursor.fetchone())


_DUE = """
SELECT due.id, due.lender_id, due.person_id, party.person_id, due.value_key
  FROM (SELECT id, lender_id, person_id, value_key, not_after_at, not_before_at FROM planned_contact
         WHERE state = 'planned' AND not_before_at <= %(at)s AND channel = %(channel)s
           AND strategy_version = %(versions)s::jsonb ->> lender_id::text AND id <> ALL(%(but)s)
         ORDER BY not_after_at, not_before_at, id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED) AS due
  JOIN planned_contact_loan AS served ON served.planned_contact_id = due.id AND served.is_live
  LEFT JOIN loan_party AS party ON party.loan_id = served.loan_id AND party.role = 'borrower'
 ORDER BY due.not_after_at, due.not_before_at, due.id
"""

_OVERTAKING = """
SELECT later.id FROM planned_contact AS later
 WHERE later.id = ANY(%(contacts)s)
   AND EXISTS (SELECT FROM planned_contact AS earlier
                 JOIN planned_contact_loan AS served ON served.planned_contact_id = earlier.id
                WHERE served.is_live AND earlier.person_id = later.person_id
                  AND earlier.lender_id = later.lender_id
                  AND earlier.state = 'planned' AND earlier.not_before_at <= %(at)s
                  AND earlier.channel = %(channel)s AND earlier.strategy_version = %(version)s
                  AND earlier.id <> ALL(%(contacts)s)
                  AND (earlier.not_after_at, earlier.not_before_at, earlier.id)
                      < (later.not_after_at, later.not_before_at, later.id))
"""

_SCOPES_OF = """
SELECT due.id, due.lender_id, due.person_id, party.person_id, due.value_key
  FROM ({due}) AS due
  JOIN planned_contact_loan AS served ON served.planned_contact_id = due.id AND served.is_live
  LEFT JOIN loan_party AS party ON party.loan_id = served.loan_id AND party.role = 'borrower'
"""

_IN_CALL = "open.channel = 'call' AND open.state IN ('reserved', 'handing_over')"

_NEXT_CALL = _SCOPES_OF.format(
    due=f"""
SELECT id, lender_id, person_id, value_key FROM planned_contact
 WHERE state = 'planned' AND not_before_at <= %(at)s AND channel = 'call' AND lender_id = %(lender)s
   AND strategy_version = %(version)s AND id <> ALL(%(but)s)
   AND person_id NOT IN (SELECT person_id FROM attempt AS open WHERE {_IN_CALL})
   AND value_key NOT IN (SELECT value_key FROM attempt AS open WHERE {_IN_CALL} AND value_key IS NOT NULL)
 ORDER BY not_after_at, not_before_at, id LIMIT 1"""  # noqa: S608
)

_RESERVED = _SCOPES_OF.format(
    due="""
SELECT planned.id, planned.lender_id, planned.person_id, planned.value_key
  FROM attempt JOIN planned_contact AS planned ON planned.id = attempt.planned_contact_id
 WHERE attempt.id = %s AND attempt.state = 'reserved' AND planned.state = 'reserved'"""
)

_CALLED_NOW = f"""
SELECT open.person_id, open.value_key FROM attempt AS open
 WHERE {_IN_CALL} AND (open.person_id = ANY(%s) OR open.value_key = ANY(%s))
"""  # noqa: S608

_CLAIM = """
SELECT planned.id, planned.person_id, planned.recipient_kind, planned.contact_point_id, planned.value_key,
       planned.channel, planned.notice, planned.purpose, coalesce(planned.language, person.language),
       planned.tries, planned.not_after_at, served.loan_id, served.step, served.rank, served.episode_start_on
  FROM planned_contact AS planned
  JOIN person ON person.id = planned.person_id
  JOIN planned_contact_loan AS served ON served.planned_contact_id = planned.id AND served.is_live
 WHERE planned.id = ANY(%s) AND planned.state = %s
 ORDER BY planned.not_after_at, planned.not_before_at, planned.id, served.loan_id
   FOR NO KEY UPDATE OF planned SKIP LOCKED
"""
