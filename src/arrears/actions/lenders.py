"""Lenders: whose loans these are, and what their notices say of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from arrears.kernel.errors import BadInput, Conflict, NotFound
from arrears.kernel.vocabulary import ActorKind, CreditorLicence, PointKind, code_of, name_of
from arrears.rulepacks import ZONES
from arrears.store import audit
from arrears.store.models import Organisation
from arrears.store.values import normalise

KIND = "lender"


@dataclass(frozen=True, slots=True)
class Lender:
    id: int
    name: str
    zone: str
    country: str


def create_lender(
    *,
    name: str,
    country: str,
    zone: str,
    language: str = "en",
    currency: str | None = None,
    actor_kind: str = name_of(ActorKind.ORIGINAL_CREDITOR),
    licence: str = name_of(CreditorLicence.BANK),
    pay_through: str | None = None,
    ask_through: str | None = None,
    check_through: str | None = None,
    email_from: str | None = None,
    collects_for: str | None = None,
    postal_address: str | None = None,
    arrears_information_sheet: str | None = None,
    actor: str,
    at: datetime,
) -> Lender:
    """Record a lender; the columns are described in `store.models.organisations`.

    Raises BadInput for a zone or word that is unknown, Conflict for a name that is taken.
    """
    _check(name, zone, actor_kind, licence)
    _check_told(
        pay_through=pay_through,
        ask_through=ask_through,
        check_through=check_through,
        email_from=email_from,
        collects_for=collects_for,
        postal_address=postal_address,
        arrears_information_sheet=arrears_information_sheet,
    )
    with transaction.atomic():
        if Organisation.objects.filter(kind=KIND, name=name).exists():
            raise Conflict("lender.name_taken", f"A lender called {name!r} is recorded already.", name=name)
        created = Organisation.objects.create(
            kind=KIND,
            name=name,
            country=country,
            zone=zone,
            language=language,
            currency=currency,
            actor_kind=actor_kind,
            licence=licence,
            pay_through=pay_through,
            ask_through=ask_through,
            check_through=check_through,
            email_from=email_from,
            collects_for=collects_for,
            postal_address=postal_address,
            arrears_information_sheet=arrears_information_sheet,
            recorded_at=at,
        )
        audit.record("lender.created", actor=actor, at=at, lender_id=created.id, facts={"country": country})
    return Lender(created.id, name, zone, country)


def change_lender(
    *,
    lender: int,
    pay_through: str | None = None,
    ask_through: str | None = None,
    check_through: str | None = None,
    email_from: str | None = None,
    collects_for: str | None = None,
    postal_address: str | None = None,
    arrears_information_sheet: str | None = None,
    actor: str,
    at: datetime,
) -> None:
    """Change what a lender's notices say of it; None leaves a column as it is.

    Raises BadInput for a text that cannot stand in a notice or for nothing to change.
    """
    said = {
        "pay_through": pay_through,
        "ask_through": ask_through,
        "check_through": check_through,
        "email_from": email_from,
        "collects_for": collects_for,
        "postal_address": postal_address,
        "arrears_information_sheet": arrears_information_sheet,
    }
    changed = {column: text for column, text in said.items() if text is not None}
    if not changed:
        raise BadInput("lender.nothing", "Nothing to change was given.", hint="See arrears lender change -h.")
    _check_told(**changed)
    with transaction.atomic():
        lock_lender(lender)
        Organisation.objects.filter(pk=lender).update(**changed)
        audit.record(
            "lender.changed", actor=actor, at=at, lender_id=lender, facts={"columns": sorted(changed)}
        )


def get_lender(ref: str | int | None = None) -> Lender:
    """The lender of this number or name; without either, the only one there is.

    Raises NotFound when there is none, BadInput when it is not clear which is meant.
    """
    lenders = Organisation.objects.filter(kind=KIND)
    if ref is not None:
        is_number = str(ref).isascii() and str(ref).isdigit() and len(str(ref)) < 19
        found = lenders.filter(id=int(ref)) if is_number else lenders.filter(name=str(ref))
    else:
        found = lenders.order_by("id")
    candidates = [Lender(each.id, each.name, each.zone or "UTC", each.country or "") for each in found[:2]]
    if not candidates:
        raise _unknown(ref)
    if len(candidates) > 1:
        raise BadInput(
            "lender.which",
            "There is more than one lender.",
            hint="Say which: --lender with its number or name. arrears lender list shows them.",
        )
    return candidates[0]


def lock_lender(lender_id: int) -> None:
    """Wait for whoever else is changing what is known of this lender's loans, a file or a run.

    Held until the transaction ends. Nobody who only refers to the lender waits for it.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=lender_id)


def _unknown(ref: str | int | None) -> NotFound:
    if ref is None or not Organisation.objects.filter(kind=KIND).exists():
        return NotFound(
            "lender.none",
            "No lender is recorded.",
            hint="Record one: arrears lender add NAME --country TW --zone Asia/Taipei",
        )
    what = f"No lender has the name or number {ref!r}."
    return NotFound("lender.unknown", what, hint="arrears lender list shows those there are.")


def _check_told(**told: str | None) -> None:
    """These texts stand in messages and their headers: one printable line each."""
    for column, text in told.items():
        if text is not None and (not text.strip() or not text.isprintable()):
            option = "--" + column.replace("_", "-")
            raise BadInput("lender.text", f"{option} must be one line of printable characters.")
    sender = told.get("email_from")
    if sender is not None:
        try:
            normalise(name_of(PointKind.EMAIL), sender)
        except BadInput:
            raise BadInput("lender.email", "--email-from is not an e-mail address.") from None


def _check(name: str, zone: str, actor_kind: str, licence: str) -> None:
    if not name.strip() or not name.isprintable():
        raise BadInput("lender.name", "A lender needs a name of printable characters.")
    if zone not in ZONES:
        raise BadInput("lender.zone", f"{zone!r} is no time zone of the IANA database.", hint="Asia/Taipei")
    try:
        code_of(ActorKind, actor_kind)
        code_of(CreditorLicence, licence)
    except KeyError as error:
        raise BadInput("lender.word", f"{error.args[0]}.") from None
