"""Households: the lender says with whom a person lives, and contacts may be counted by it."""

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


def _latest(person: int) -> HouseholdMember | None:
    return HouseholdMember.objects.filter(person=person).order_by("-from_at").first()
