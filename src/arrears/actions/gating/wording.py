"""What a cleared contact says: the values of its notice, from what is on file at that instant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection

from arrears.actions.passing_on import Passings, passings_of
from arrears.actions.templates import refuse_unlawful
from arrears.actions.texts import version_of
from arrears.actions.verifications import new_verification_code
from arrears.kernel.days import date_of
from arrears.kernel.errors import Misconfigured
from arrears.kernel.facts import NO_DATE, UNKNOWN_MINOR, Column
from arrears.kernel.money import Money
from arrears.kernel.vocabulary import FOR_ANOTHER, HOUSE, ArrearsSource, NoticeKind, name_of
from arrears.locale.notices import (
    NOTHING_BESIDES,
    Besides,
    Itemised,
    LateLoan,
    Template,
    Text,
    Wording,
    get_template,
    language_of,
    load_texts,
)
from arrears.store.models import MessageTemplate, Organisation

_REFERENCE_LENGTH = 4
_TONE = "plain"
_NONE: Mapping[int, Itemised] = {}


@dataclass(frozen=True, slots=True)
class Worded:
    """The text of one contact, the template it was made from and the code that stands in it."""

    text: Text
    language: str
    template: Template
    verification: str


@dataclass(frozen=True, slots=True)
class Institution:
    """How a lender speaks of itself in its notices; `actor` is what it is to its borrowers."""

    language: str
    actor: str
    wording: Wording

    def worded(
        self,
        notice: str,
        channel: str,
        language: str | None,
        loans: Sequence[LateLoan],
        *,
        role: str = "",
        besides: Besides = NOTHING_BESIDES,
    ) -> Worded:
        """The text of one contact; `role` is what its recipient is to the loans.

        Raises Misconfigured when a value it needs is missing.
        """
        template = get_template(notice, channel, language_of(language or self.language), self.actor)
        code = new_verification_code()
        wording = replace(self.wording, loans=tuple(loans), role=role, verification=code, besides=besides)
        return Worded(template.fill(wording), template.language, template, wording.verification)


def get_institution(lender: int) -> Institution:
    """Raises Misconfigured when the lender has not said how to pay, ask and check: nothing is sent then.

    Nor where it collects for another, or under another name, and has not said whose loans these are.
    """
    row = Organisation.objects.get(pk=lender)
    needed = [name for name in _MISSING if name != "collects_for" or row.actor_kind in _FOR_ANOTHER]
    said: dict[str, Any] = {name: getattr(row, name) or "" for name in needed}
    missing = [name for name, value in said.items() if not value.strip()]
    if missing:
        raise Misconfigured(
            "lender.says_nothing",
            f"The notices of {row.name} cannot be written: it has not said {_MISSING[missing[0]]}.",
            hint=f"Say it with arrears lender change LENDER: {', '.join(map(_option, needed))}.",
            field=missing[0],
        )
    creditor = said.pop("collects_for", "")
    said |= {"institution": row.name, "creditor": creditor, "country": row.country or ""}
    wording = Wording(
        verification="",
        loans=(),
        collector_address=row.postal_address or "",
        arrears_information_sheet=row.arrears_information_sheet or "",
        **said,
    )
    return Institution(row.language or "", row.actor_kind or "", wording)


def _option(column: str) -> str:
    return "--" + column.replace("_", "-")


@dataclass(frozen=True, slots=True)
class Lateness:
    """What a notice says of one loan's arrears, computed or as a report of `known_on` has them.

    `known_on` is the day that what is known speaks of; of a computed loan, the last one through
    which payments are in the books. What falls due next is None where nothing says it.
    """

    is_reported: bool
    known_on: date
    overdue_since_on: date | None
    overdue_minor: int | None
    next_due_on: date | None = None
    next_due_minor: int | None = None


def lateness_of(arrears: Mapping[str, Column], row: int, through_on: int) -> Lateness:
    """From one row of `arrears_of`; `through_on` is the day the books are complete through.

    The columns `next_due_on` (days) and `next_due_minor` may be missing; then nothing falls due.
    """
    is_reported = int(arrears["source"][row]) == ArrearsSource.REPORTED
    known_on = int(arrears["reported_on"][row])
    if not is_reported and through_on != NO_DATE:
        known_on = min(known_on, through_on)
    return Lateness(
        is_reported=is_reported,
        known_on=date_of(known_on),
        overdue_since_on=_day_in(arrears, "overdue_since_on", row),
        overdue_minor=_minor_in(arrears, "overdue_minor", row),
        next_due_on=_day_in(arrears, "next_due_on", row),
        next_due_minor=_minor_in(arrears, "next_due_minor", row),
    )


def _day_in(arrears: Mapping[str, Column], name: str, row: int) -> date | None:
    on = int(arrears[name][row]) if name in arrears else NO_DATE
    return None if on == NO_DATE else date_of(on)


def _minor_in(arrears: Mapping[str, Column], name: str, row: int) -> int | None:
    minor = int(arrears[name][row]) if name in arrears else UNKNOWN_MINOR
    return None if minor == UNKNOWN_MINOR else minor


def late_loans(
    lateness: Mapping[int, Lateness], *, known_at: datetime, itemised: Mapping[int, Itemised] = _NONE
) -> dict[int, LateLoan]:
    """Each loan as a notice tells it, from what was known at `known_at`.

    `itemised` are the itemisations of those of which a notice has to say one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _LOANS,
            {
                "loans": list(lateness),
                "days": [each.known_on if each.is_reported else None for each in lateness.values()],
                "known": known_at,
            },
        )
        rows = cursor.fetchall()
    passings = passings_of(list(lateness), at=known_at, known_at=known_at)
    told = {row[0]: _late_loan(row, lateness[row[0]], passings) for row in rows}
    return {loan: replace(late, itemised=itemised.get(loan)) for loan, late in told.items()}


def ensure_templates(channel: str, *, at: datetime) -> dict[str, int]:
    """The rows of the shipped texts of a channel by digest; a new or changed text gets one.

    Called before the gate locks, so that no gate waits for another's new text. Raises Misconfigured
    for a text that breaks a rule of content of the house, so that nobody may be sent it: nothing is
    stored then, and nothing sent. To whom a text may be sent by the law of a place, the law says.
    """
    texts = {version_of(each): each for each in load_texts().templates if each.channel == channel}
    rows = MessageTemplate.objects.filter(lender=None, channel=channel, tone=_TONE, version__in=texts)
    found = {row.version: row.pk for row in rows}
    missing = [each for version, each in texts.items() if version not in found]
    if missing:
        refuse_unlawful(missing, on=at.date(), jurisdictions=[HOUSE])
        made = [_row(each, at) for each in missing]
        MessageTemplate.objects.bulk_create(made, ignore_conflicts=True)
        return ensure_templates(channel, at=at)
    return {texts[version].digest: pk for version, pk in found.items()}


def _row(template: Template, at: datetime) -> MessageTemplate:
    return MessageTemplate(
        channel=template.channel,
        notice=template.notice,
        tone=_TONE,
        language=template.language,
        version=version_of(template),
        subject=template.subject,
        body=template.body,
        recorded_at=at,
    )


def _late_loan(row: Sequence[Any], lateness: Lateness, passings: Passings) -> LateLoan:
    """What one row of `_LOANS` and the computed arrears say."""
    loan, reference, debt_kind, currency, months_late, since, overdue, statement, statement_on = row
    if not lateness.is_reported:
        since, overdue = lateness.overdue_since_on, lateness.overdue_minor
    return LateLoan(
        product=debt_kind,
        reference=reference[-_REFERENCE_LENGTH:],
        reported_on=lateness.known_on,
        months_late=months_late,
        overdue_since_on=since,
        overdue=None if overdue is None else Money(overdue, currency),
        statement=None if statement is None else Money(statement, currency),
        statement_on=statement_on,
        next_due_on=lateness.next_due_on,
        next_due=None if lateness.next_due_minor is None else Money(lateness.next_due_minor, currency),
        placements=tuple(passings.get((loan, NoticeKind.OUTSOURCING_NOTICE), ())),
        transfers=tuple(passings.get((loan, NoticeKind.ASSIGNMENT_NOTICE), ())),
        registrations=tuple(passings.get((loan, NoticeKind.DEFAULT_REGISTRATION), ())),
    )


_MISSING = {
    "pay_through": "how to pay",
    "ask_through": "how to ask",
    "check_through": "how to check that a notice is genuine",
    "collects_for": "for whom it collects",
}
_FOR_ANOTHER = frozenset(map(name_of, FOR_ANOTHER))

_LOANS = """
SELECT loan.id, loan.source_ref, loan.debt_kind, loan.currency, coalesce(report.months_late, 0),
       report.overdue_since_on, report.overdue_minor, report.statement_minor, report.statement_on
  FROM unnest(%(loans)s::bigint[], %(days)s::date[]) AS wanted (loan, reported_on)
  JOIN loan ON loan.id = wanted.loan
  LEFT JOIN reported_arrears AS report
    ON report.loan_id = wanted.loan AND report.as_of_on = wanted.reported_on
   AND report.recorded_at <= %(known)s
   AND NOT EXISTS (SELECT FROM reported_arrears AS newer
                    WHERE newer.supersedes_id = report.id AND newer.recorded_at <= %(known)s)
"""
