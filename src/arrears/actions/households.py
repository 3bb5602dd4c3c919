"""Households: the lender says with whom a person lives, and contacts may be counted by it."""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from datetime import datetime, timedelta

from arrears.kernel.errors import BadInput
from arrears.store import audit
from arrears.store.actors import actor_id
from arrears.store.crypto import keyring
from arrears.store.locks import holding, scope_keys, scope_keys_of
from arrears.store.models import HouseholdMember

_NEXT = timedelta(microseconds=1)
"""How far apart two changes of one person are at least, where the clock stands still."""


def place_in_household(
    *, lender: int, person: int, household_ref: str | None, actor: str, at: datetime
) -> bool:
    """Record of which household a person is from now on, by the lender's number of it; None: of none.

    Whether anything changed by it. Contacts made before go on counting for the household he was of
    then, and count for the new one too. Raises BadInput for a number that is empty.
    """
    if household_ref is not None and not household_ref.strip():
        raise BadInput(
            "household.empty", "The number of a household is empty.", hint="Leave it out for none."
        )
    key = None if household_ref is None else keyring().household_key(lender, household_ref)
    scopes = {*scope_keys_of([person]), *scope_keys(households=[] if key is None else [key])}
    with holding(sorted(scopes)):
        latest = _latest(person)
        if (None if latest is None else latest.household_key) == key:
            return False
        from_at = at if latest is None else max(at, latest.from_at + _NEXT)
        HouseholdMember.objects.create(
            lender_id=lender,
            person_id=person,
            household_key=key,
            from_at=from_at,
            recorded_at=from_at,
            actor_id=actor_id(actor, at=at),
        )
        audit.record(
            "household.changed",
            actor=actor,
            at=at,
            lender_id=lender,
            subjects={"person": person},
            facts={"is_of_one": key is not None},
        )
    return True


def find_household(person: int) -> int | None:
    """The keyed hash of the household a person is of now; None for one who is of none."""
    row = _latest(person)
    return None if row is None else row.household_key


def moves_of(wanted: str) -> str:
    """SQL for those who are not where they are wanted: person_id, household_key and from_at, from now on.

    `wanted` is SQL of a relation of person_id and household_key (null: of none); `at` a parameter.
    """
    return (
        "SELECT DISTINCT wanted.person_id, wanted.household_key,"
        " greatest(%(at)s, latest.from_at + interval '1 microsecond') AS from_at"
        f" FROM {wanted} AS wanted LEFT JOIN LATERAL"
        " (SELECT household_key, from_at FROM household_member AS member"
        " WHERE member.person_id = wanted.person_id ORDER BY from_at DESC LIMIT 1) AS latest ON true"
        " WHERE wanted.household_key IS DISTINCT FROM latest.household_key"
    )


def _latest(person: int) -> HouseholdMember | None:
    return HouseholdMember.objects.filter(person=person).order_by("-from_at").first()
