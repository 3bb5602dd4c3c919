"""A forecast and what is supposed beside it as one plain object; docs/forecast.md describes its fields.

Days are ISO dates, instants ISO 8601 in UTC, amounts whole minor units, a missing value null.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from arrears.actions.decisions import iso_instant
from arrears.actions.duties_ahead import ForetoldDuty
from arrears.actions.forecasts import Foretold, Kind, Supposed
from arrears.actions.telling import tell_duty, tell_line
from arrears.kernel.days import date_of, day_of, instant_of
from arrears.kernel.money import Money
from arrears.kernel.planning.forecast import Forecast, Line
from arrears.locale.answers import Speech


def tell_forecast(foretold: Foretold, language: str) -> dict[str, Any]:
    """The forecast; every `said` and every heading is a text in `language`."""
    speech = Speech(language, foretold.strategy, foretold.zone, foretold.subject.lender_country)
    subject, dates = foretold.subject, _dates(foretold, speech)
    return {
        "loan": subject.loan_ref,
        "currency": subject.currency,
        "lender": subject.lender_name,
        "on": foretold.on.isoformat(),
        "until_on": date_of(foretold.nothing_changes.until_on).isoformat(),
        "asked_at": iso_instant(instant_of(foretold.at)),
        "zone": foretold.zone.name,
        "language": language,
        "headings": _headings(foretold, speech),
        "supposed": None if foretold.supposed is None else _supposed(foretold, foretold.supposed, speech),
        "dates": dates,
        "owed": {
            "nothing_changes": _owed(foretold.duties, speech),
            "supposed": _owed(foretold.duties_if_supposed, speech),
        },
        "is_same": all(each["is_same"] for each in dates) and _owes_the_same(foretold),
        "said_nothing": speech.nothing_ahead(),
        "said_same": speech.supposition("same"),
        "assumed": list(_assumed(foretold, speech)),
        "strategy": {"name": foretold.strategy.name, "version": foretold.strategy.version},
        "law": {"version": foretold.law.version, "adopted": list(foretold.law.adopted)},
        "zones_version": foretold.law.zones_version,
        "not_stored": speech.supposition("not_stored"),
        "not_legal_advice": speech.closing(),
    }


def _headings(foretold: Foretold, speech: Speech) -> dict[str, str]:
    title = speech.supposition(
        "title", loan=foretold.subject.loan_ref, days=foretold.days, date=speech.day(day_of(foretold.on))
    )
    names = ("date", "nothing_changes", "supposed")
    return {
        "title": title,
        **{name: speech.supposition(name) for name in names},
        "times": speech.heading("times", zone=foretold.zone.name),
        "owed": speech.heading("owed"),
    }


def _owed(duties: Sequence[ForetoldDuty] | None, speech: Speech) -> list[dict[str, Any]] | None:
    return None if duties is None else [tell_duty(each, speech) for each in duties]


def _owes_the_same(foretold: Foretold) -> bool:
    return foretold.duties_if_supposed is None or foretold.duties == foretold.duties_if_supposed


def _supposed(foretold: Foretold, supposed: Supposed, speech: Speech) -> dict[str, Any]:
    asked, is_hold = supposed.supposition, supposed.supposition.kind is Kind.HOLD
    return {
        "kind": asked.kind.value,
        "on": asked.on.isoformat(),
        "amount_minor": supposed.amount_minor,
        "until_on": None if asked.until_on is None else asked.until_on.isoformat(),
        "reason": asked.reason if is_hold else None,
        "stops": list(asked.stops) if is_hold else None,
        "is_of_borrower": asked.of_borrower if is_hold else None,
        "waits_for_report": supposed.waits_for_report,
        "said": _said(foretold, supposed, speech),
    }


def _said(foretold: Foretold, supposed: Supposed, speech: Speech) -> str:
    asked, on = supposed.supposition, speech.day(day_of(supposed.supposition.on))
    if asked.kind is Kind.HOLD:
        told = {"reason": speech.hold_reason(asked.reason), "stops": speech.stops(asked.stops)}
        if asked.until_on is None:
            return speech.supposition("hold_open", first=on, **told)
        return speech.supposition("hold", first=on, last=speech.day(day_of(asked.until_on)), **told)
    if supposed.amount_minor is None:
        return speech.supposition("pay_overdue_unknown", date=on)
    amount = Money(supposed.amount_minor, foretold.subject.currency)
    return speech.supposition(asked.kind.value, amount=amount, date=on)


def _dates(foretold: Foretold, speech: Speech) -> list[dict[str, Any]]:
    """One row per day on which something happens in either, with the lines of each."""
    nothing = _by_day(foretold, foretold.nothing_changes)
    supposed = None if foretold.if_supposed is None else _by_day(foretold, foretold.if_supposed)

    def told(lines: list[Line]) -> list[dict[str, Any]]:
        return [tell_line(line, foretold.strategy, speech) for line in lines]

    return [
        {
            "on": date_of(day).isoformat(),
            "said": speech.day(day),
            "nothing_changes": told(nothing.get(day, [])),
            "supposed": None if supposed is None else told(supposed.get(day, [])),
            "is_same": supposed is None or nothing.get(day) == supposed.get(day),
        }
        for day in sorted({*nothing, *(supposed or ())})
    ]


def _by_day(foretold: Foretold, seen: Forecast) -> dict[int, list[Line]]:
    """The lines about the loan asked about."""
    found: dict[int, list[Line]] = {}
    for line in seen.lines:
        if foretold.subject.loan in line.loans:
            found.setdefault(line.on, []).append(line)
    return found


def _assumed(foretold: Foretold, speech: Speech) -> Iterator[str]:
    yield from speech.assumptions(foretold.nothing_changes)
    supposed = foretold.supposed
    if supposed is None:
        return
    is_hold = supposed.supposition.kind is Kind.HOLD
    yield speech.supposition("hold_recorded" if is_hold else "payment_in_books")
    if supposed.waits_for_report:
        yield speech.supposition("waits")
    if supposed.supposition.kind is Kind.PAY_OFF:
        yield speech.supposition("early")
