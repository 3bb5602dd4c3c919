"""Letters to look at before any is sent: of a loan as it stands, and of an invented one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from arrears.actions.explanations import Subject, get_subject
from arrears.actions.gating.capping import caps_on, lawful
from arrears.actions.gating.wording import Worded, get_institution, late_loans, lateness_of
from arrears.actions.laws import law_now
from arrears.channels.letter.address import read_address
from arrears.channels.letter.typesetting import Letter, Typesetter
from arrears.channels.letter.windows import Window, find_window
from arrears.kernel.arrears import arrears_of
from arrears.kernel.days import date_of, day_of, instant_of
from arrears.kernel.errors import ChannelRefused, NotPossible
from arrears.kernel.facts import rows_of
from arrears.kernel.money import Money
from arrears.kernel.vocabulary import Channel, NoticeKind, PointKind, RecipientKind, name_of
from arrears.locale.notices import LateLoan, Wording, get_template
from arrears.rulepacks import ZONES
from arrears.rulepacks.whereabouts import country_of_zone
from arrears.store.crypto import keyring
from arrears.store.facts import load_facts
from arrears.store.models import ContactPoint, Organisation, Person
from arrears.store.personal import details_of, values_of

_LETTER = name_of(Channel.LETTER)
_OVERDUE = name_of(NoticeKind.OVERDUE_NOTICE)
_SAMPLE_CODE = "K7QM-2XRD-9TVBF"


@dataclass(frozen=True, slots=True)
class _Invented:
    """Who writes to whom in a sample, and about how much."""

    bank: str
    name: str
    address: str
    country: str
    currency: str
    pay: str
    ask: str


_SAMPLES = {
    "en": _Invented(
        bank="Harbour Bank",
        name="Ana Torres",
        address="1 Example Plaza, New York, NY 10001",
        country="US",
        currency="USD",
        pay="www.harbour.example/pay",
        ask="0800 555 0100",
    ),
    "zh-Hans": _Invented(
        bank="海港银行",
        name="李娜",
        address="100006 北京市东城区东长安街1号",
        country="CN",
        currency="CNY",
        pay="www.harbour.example/pay",
        ask="010 5555 0100",
    ),
    "zh-Hant": _Invented(
        bank="海港商業銀行",
        name="王小明",
        address="100臺北市中正區重慶南路一段122號",
        country="TW",
        currency="TWD",
        pay="www.harbour.example/pay",
        ask="02 5555 0100",
    ),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter that nobody is sent, and the envelope it is set for."""

    letter: Letter
    window: Window

    def pdf(self) -> bytes:
        """The file. Raises ChannelRefused when the letter cannot be set."""
        return Typesetter().pdf(self.letter, self.window)

    def pictures(self) -> list[bytes]:
        """Each page as a PNG. Raises ChannelRefused when the letter cannot be set."""
        return Typesetter().pictures(self.letter, self.window)


def sample_letter(language: str, *, on: date, window: str | None = None) -> Shown:
    """The shipped overdue notice from an invented bank to an invented borrower; needs no database."""
    who = _SAMPLES[language]
    loan = LateLoan("credit_card", "4821", on, 1, overdue=Money(391300, who.currency))
    wording = Wording(who.bank, who.pay, who.ask, who.ask, _SAMPLE_CODE, (loan,))
    text = get_template(_OVERDUE, _LETTER, language).fill(wording)
    address = read_address(who.address, name=who.name, country=who.country, from_country=who.country)
    letter = Letter(
        sender=who.bank,
        address=address.lines,
        return_line="",
        subject=text.subject,
        body=text.body,
        language=language,
        region=who.country,
        on=on,
        number="1",
        verification=_SAMPLE_CODE,
        ask_through=who.ask,
        check_through=who.ask,
        is_specimen=True,
    )
    return Shown(letter, find_window(window, who.country))


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
    late = late_loans(lawful(told, caps), known_at=at)
    language = Person.objects.values_list("language", flat=True).get(pk=subject.borrower)
    return institution.worded(
        notice, _LETTER, language, list(late.values()), role=name_of(RecipientKind.BORROWER)
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
