"""The letter about a loan as it stands, to be looked at before any is sent."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np

from arrears.actions.explanations import Subject, get_subject
from arrears.actions.gating.capping import caps_on, lawful
from arrears.actions.gating.wording import Worded, get_institution, late_loans, lateness_of
from arrears.actions.laws import law_now
from arrears.actions.shortfalls import with_shortfall
from arrears.actions.validation import NOBODY, besides_of, itemisations_of
from arrears.channels.letter.address import read_address
from arrears.channels.letter.samples import Shown
from arrears.channels.letter.typesetting import Letter
from arrears.channels.letter.windows import find_window
from arrears.kernel.arrears import arrears_of
from arrears.kernel.days import date_of, day_of, instant_of
from arrears.kernel.errors import ChannelRefused, NotPossible
from arrears.kernel.facts import rows_of
from arrears.kernel.vocabulary import Channel, NoticeKind, PointKind, RecipientKind, name_of
from arrears.locale.notices import NOTHING_BESIDES
from arrears.rulepacks import ZONES
from arrears.rulepacks.whereabouts import country_of_zone
from arrears.store.crypto import keyring
from arrears.store.facts import load_facts
from arrears.store.models import ContactPoint, Organisation, Person
from arrears.store.personal import details_of, values_of

_LETTER = name_of(Channel.LETTER)
_OVERDUE = name_of(NoticeKind.OVERDUE_NOTICE)


def letter_about(
    *,
    loan_ref: str,
    notice: str = _OVERDUE,
    lender: int | None = None,
    window: str | None = None,
    at: datetime,
) -> Shown:
    """The letter that the borrower of a loan would get now, if the law let one out: it is not asked.

    Raises NotFound without the loan, NotPossible when nothing is known of its arrears or no letter
    can be addressed, Misconfigured when the lender's notices cannot be written.
    """
    subject = get_subject(loan_ref, lender=lender)
    sender = Organisation.objects.get(pk=subject.lender)
    on = date_of(int(ZONES[subject.lender_zone].day(np.array([instant_of(at)]))[0]))
    worded = _worded(subject, notice, on=on, at=at)
    country = sender.country or ""
    letter = Letter(
        sender=sender.name,
        address=_address(subject.borrower, country, loan_ref),
        return_line=sender.postal_address or "",
        subject=worded.text.subject,
        body=worded.text.body,
        language=worded.language,
        region=country,
        on=on,
        number="—",
        verification=worded.verification,
        ask_through=sender.ask_through or "",
        check_through=sender.check_through or "",
        is_specimen=True,
    )
    return Shown(letter, find_window(window, country))


def _worded(subject: Subject, notice: str, *, on: date, at: datetime) -> Worded:
    """The text of the notice about the loan, without what a cap forbids to demand."""
    loan = subject.loan
    institution = get_institution(subject.lender)
    facts = load_facts(lender_id=subject.lender, loans=[loan], known_at=at)
    arrears = arrears_of(facts, day_of(on), ZONES)
    row = int(rows_of(facts["loan"]["loan"], np.array([loan]))[0])
    if not arrears["is_known"][row]:
        raise NotPossible("letters.not_known", "Nothing on file says how late this loan is.")
    told = {loan: lateness_of(arrears, row, int(facts["lender"]["payments_complete_through_on"][0]))}
    caps = caps_on(facts, arrears, law_now(subject.lender, at=at), {loan: row}, on=day_of(on), at=at)
    is_validation = notice == name_of(NoticeKind.VALIDATION)
    itemised = itemisations_of([loan], known_at=at) if is_validation else {}
    late = late_loans(lawful(told, caps), known_at=at, itemised=itemised)
    if notice == name_of(NoticeKind.SUMS_IN_ARREARS):
        late = {loan: with_shortfall(late[loan], loan, facts, day_of(on))}
    language = Person.objects.values_list("language", flat=True).get(pk=subject.borrower)
    return institution.worded(
        notice,
        _LETTER,
        language,
        list(late.values()),
        role=name_of(RecipientKind.BORROWER),
        besides=besides_of(NOBODY, _LETTER, sent_on=on) if is_validation else NOTHING_BESIDES,
    )


def _address(borrower: int, from_country: str, loan_ref: str) -> tuple[str, ...]:
    """The lines of the last postal address recorded that is not known to be dead."""
    point = (
        ContactPoint.objects.filter(
            person=borrower, kind=name_of(PointKind.POSTAL), dead_from_at=None, retired_at=None
        )
        .order_by("recorded_at", "id")
        .last()
    )
    if point is None:
        raise NotPossible(
            "letters.no_address", f"The borrower of loan {loan_ref} has no postal address on file."
        )
    ring = keyring()
    value = values_of(ring, [point.pk]).get(point.pk, "")
    name = str(details_of(ring, [borrower]).get(borrower, {}).get("name", ""))
    country = country_of_zone(point.zones or "") or from_country
    try:
        return read_address(value, name=name, country=country, from_country=from_country).lines
    except ChannelRefused as refused:
        raise NotPossible(refused.code, refused.what) from None
