"""Whether arrears will show on a credit record: from the reporting routes that institutions have stated.

One institution that reports is enough for *yes*; one that has not said so is enough for *not
known*, never for *no*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from arrears.kernel.facts import Facts
from arrears.kernel.planning.answer import Answer, Question, Reason, Route, Value, in_order, missing
from arrears.kernel.planning.circumstances import about_paying, standing_hold
from arrears.kernel.vocabulary import ArrearsSource, Stops, name_of

_RECORD = ("see_record", "correct_record")


def credit_record(
    facts: Facts, loan: int, at: int, arrears: Mapping[str, int], routes: Sequence[Route]
) -> Answer:
    """The answer about one loan; `arrears` is its row of `arrears_of`."""
    told = [_of_route(route) for route in routes]
    reporting = [reason for reason in told if reason.code in ("reports", "reports_unnamed")]
    silent = [reason for reason in told if reason.code == "not_stated"]
    is_closed = bool(facts["loan"]["is_closed"][facts["loan"]["loan"].searchsorted(loan)])
    if not reporting and (silent or not routes):
        unknown = told or [Reason("no_institution_stated", release=missing("institution"))]
        to_settle = () if is_closed or not arrears["is_late"] else _to_settle(facts, loan, at, arrears)
        return _answer(Value.NOT_KNOWN, unknown, "ask_lender", *to_settle)
    if not reporting:
        return _answer(Value.NO, told)
    if is_closed:
        return _answer(Value.NO, [Reason("closed"), *told, Reason("earlier_reports")])
    if not arrears["is_known"]:
        return _answer(Value.NOT_KNOWN, [no_report(), *told], "look")
    if not arrears["is_late"]:
        return _answer(Value.NO, [not_late(arrears), *told, Reason("earlier_reports")])
    paused = _paused(facts, loan, at)
    value = Value.ONLY_IF if paused else Value.YES
    late = Reason("late_on_record", facts={"since_on": arrears["overdue_since_on"]})
    return _answer(value, [*paused, late, *told], *_to_settle(facts, loan, at, arrears))


def not_late(arrears: Mapping[str, int]) -> Reason:
    """As the newest report says, or as the books themselves show."""
    if arrears["source"] == ArrearsSource.REPORTED:
        return Reason("not_late", facts={"reported_on": arrears["reported_on"]})
    return Reason("not_overdue")


def no_report() -> Reason:
    """Whether the loan is late has not been stated; the lender has to."""
    return Reason("no_report", release=missing("report"))


def _answer(value: Value, reasons: Sequence[Reason], *can_do: str) -> Answer:
    return Answer(Question.CREDIT_RECORD, value, tuple(reasons), in_order((*can_do, *_RECORD)))


def _to_settle(facts: Facts, loan: int, at: int, arrears: Mapping[str, int]) -> tuple[str, ...]:
    return (*about_paying(facts, loan, at, arrears), "plan")


def _paused(facts: Facts, loan: int, at: int) -> tuple[Reason, ...]:
    """Why nothing is reported for now: the hold on reporting that stands longest, if any."""
    hold = standing_hold(facts, loan, at, Stops.FURNISHING)
    if hold is None:
        return ()
    return (Reason("reporting_paused", release=hold.release, facts={"hold": name_of(hold.reason)}),)


def _of_route(route: Route) -> Reason:
    facts: dict[str, int | str] = {"institution": route.institution}
    if route.is_reported is None:
        return Reason("not_stated", release=missing("reporting_route"), facts=facts)
    if not route.is_reported:
        return Reason("reports_nowhere", facts=facts)
    if not route.bureau:
        return Reason("reports_unnamed", facts=facts)
    return Reason("reports", facts={**facts, "bureau": route.bureau})
