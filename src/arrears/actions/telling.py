"""An explanation as one plain object: codes and facts for programs, words in one language beside them.

Days are ISO dates, instants ISO 8601 in UTC, amounts whole minor units, a missing value null.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from arrears.actions.decisions import iso_instant
from arrears.actions.duties_ahead import ForetoldDuty
from arrears.actions.explanations import Explanation, ShownHold
from arrears.actions.histories import Lapsed, Made, Refused
from arrears.kernel.days import date_of, day_of, instant_of
from arrears.kernel.facts import NO_DATE, UNKNOWN_MINOR
from arrears.kernel.law.rules import Release, Rule
from arrears.kernel.law.solver import Binding
from arrears.kernel.money import Money
from arrears.kernel.planning.answer import Answer, Party, Reason, brought_by, is_day
from arrears.kernel.planning.forecast import Line
from arrears.kernel.planning.strategy import Strategy
from arrears.kernel.vocabulary import Channel, RecipientKind, Stops, name_of
from arrears.locale.answers import Speech

_ARREARS_DAYS = ("reported_on", "overdue_since_on", "episode_start_on")
_ARREARS_FLAGS = ("is_known", "is_reported", "is_late", "is_late_without_balance")
_ARREARS_NUMBERS = ("months_late", "past_due_days", "delinquent_days", "overdue_minor", "statement_minor")

HEADINGS = (
    "title",
    "times",
    "can_do",
    "holds",
    "owed",
    "ahead",
    "made",
    "lapsed",
    "refused",
    "none",
    "rests_on",
)
"""The headings of a page of answers, by the names that the texts give them."""


def tell(explanation: Explanation, language: str) -> dict[str, Any]:
    """The whole explanation; every `said` is a text in `language` (of `locale.notices.LANGUAGES`)."""
    speech = Speech(language, explanation.strategy, explanation.zone, explanation.subject.lender_country)
    subject = explanation.subject
    return {
        "loan": subject.loan_ref,
        "currency": subject.currency,
        "lender": subject.lender_name,
        "on": explanation.on.isoformat(),
        "asked_at": iso_instant(instant_of(explanation.at)),
        "zone": explanation.zone.name,
        "language": language,
        "headings": _headings(explanation, speech),
        "arrears": _arrears(explanation.arrears) | {"said": _said_arrears(explanation, speech)},
        "answers": [_answer(answer, subject.lender_name, speech) for answer in explanation.answers],
        "holds": [_hold(each, speech) for each in explanation.holds],
        "owed": [tell_duty(each, speech) for each in explanation.duties],
        "ahead": _ahead(explanation, speech),
        "made": [_made(each, speech) for each in explanation.made],
        "lapsed": [_lapsed(each, speech) for each in explanation.lapsed],
        "refused": [_refused(each, explanation, speech) for each in explanation.refused],
        "strategy": {"name": explanation.strategy.name, "version": explanation.strategy.version},
        "law": {"version": explanation.law.version, "adopted": list(explanation.law.adopted)},
        "zones_version": explanation.law.zones_version,
        "not_legal_advice": speech.closing(),
    }


def _arrears(row: Mapping[str, int]) -> dict[str, Any]:
    return {
        **{name: bool(row[name]) for name in _ARREARS_FLAGS},
        **{name: _day(row[name]) for name in _ARREARS_DAYS},
        **{name: None if row[name] == UNKNOWN_MINOR else row[name] for name in _ARREARS_NUMBERS},
    }


def _headings(explanation: Explanation, speech: Speech) -> dict[str, str]:
    seen, law = explanation.forecast, explanation.law
    filled = {
        "loan": explanation.subject.loan_ref,
        "date": speech.day(day_of(explanation.on)),
        "days": seen.until_on - seen.on,
        "zone": explanation.zone.name,
        "strategy": f"{explanation.strategy.name} {explanation.strategy.version[:12]}",
        "law": law.version,
        "tzdata": law.zones_version,
    }
    return {name: speech.heading(name, **filled) for name in HEADINGS}


def _said_arrears(explanation: Explanation, speech: Speech) -> str:
    row = explanation.arrears
    if not row["is_known"]:
        return speech.heading("no_report")
    stated = (name for name in _ARREARS_DAYS if row[name] != NO_DATE)
    days = {name: speech.day(row[name]) for name in stated}
    name = "late" if row["is_late"] else "not_late"
    told = speech.heading(name if row["is_reported"] else f"{name}_computed", **{**row, **days})
    return speech.joined(told, _said_amount(explanation, speech)) if row["is_late"] else told


def _said_amount(explanation: Explanation, speech: Speech) -> str:
    """The amount called what it is; nothing is derived where none is stated."""
    is_reported = explanation.arrears["is_reported"]
    overdue = "overdue_amount" if is_reported else "overdue_amount_computed"
    for name, column in ((overdue, "overdue_minor"), ("statement_amount", "statement_minor")):
        minor = explanation.arrears[column]
        if minor != UNKNOWN_MINOR and minor > 0:
            said = speech.heading(name, amount=speech.amount(Money(minor, explanation.subject.currency)))
            return speech.joined(said, _said_beyond(explanation, speech)) if name == overdue else said
    return speech.heading("no_amount")


def _said_beyond(explanation: Explanation, speech: Speech) -> str:
    """What of it is not demanded, and by which rules; empty where all may be."""
    beyond = explanation.beyond
    if beyond is None or not beyond.minor:
        return ""
    amount = speech.amount(Money(beyond.minor, explanation.subject.currency))
    return speech.heading("not_demanded", amount=amount, rules=", ".join(beyond.by))


def _answer(answer: Answer, lender: str, speech: Speech) -> dict[str, Any]:
    said = speech.reasons(answer)
    must_state = list(dict.fromkeys(_who(reason, lender) for reason in answer.must_state()))
    return {
        "question": name_of(answer.question),
        "value": name_of(answer.value),
        "asked": speech.question(answer.question),
        "said": speech.value(answer),
        "reasons": [
            _reason(reason) | {"said": text} for reason, text in zip(answer.reasons, said, strict=True)
        ],
        "must_state": must_state,
        "said_must_state": speech.must_state(must_state) if must_state else None,
        "can_do": [
            {"code": code, "said": text}
            for code, text in zip(answer.can_do, speech.can_do(answer), strict=True)
        ],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "code": reason.code,
        "facts": {name: _fact(name, value) for name, value in reason.facts.items()},
        "rule": None if reason.rule is None else _rule(reason.rule),
        "release": None if reason.release is None else _release(reason.release),
    }


def rule_document(binding: Binding, speech: Speech) -> dict[str, Any]:
    """A rule in the way: what it is, what would release it, and both in words."""
    said = speech.why(binding.rule, binding.release)
    return _rule(binding.rule) | {"release": _release(binding.release), "said": said}


def _fact(name: str, value: int | str) -> int | str | None:
    if isinstance(value, str):
        return value
    return _day(value) if is_day(name) else iso_instant(value) if name.endswith("_at") else value


def _who(reason: Reason, lender: str) -> str:
    """By name who has to state what a reason misses."""
    return str(reason.facts["institution"]) if reason.brought_by is Party.INSTITUTION else lender


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "jurisdiction": rule.jurisdiction,
        "citation": rule.citation,
        "certainty": rule.certainty,
        "strength": rule.strength.value,
    }


def _release(release: Release) -> dict[str, Any]:
    at, by = iso_instant(release.at), name_of(brought_by(release))
    return {"kind": release.kind, "fact": release.fact or None, "at": at, "by": by}


def _hold(shown: ShownHold, speech: Speech) -> dict[str, Any]:
    hold, reason = shown.hold, name_of(shown.hold.reason)
    return {
        "reason": reason,
        "stops": [name_of(each) for each in Stops if hold.stops & each],
        "from_at": iso_instant(hold.from_at),
        "until_at": iso_instant(hold.until_at),
        "shown_reason": shown.shown_reason,
        "said": speech.hold(reason, hold.from_at, hold.until_at, shown.shown_reason),
    }


def _ahead(explanation: Explanation, speech: Speech) -> dict[str, Any]:
    seen = explanation.forecast
    lines = [line for line in seen.lines if explanation.subject.loan in line.loans]
    return {
        "on": _day(seen.on),
        "until_on": _day(seen.until_on),
        "assumed": speech.assumptions(seen),
        "lines": [tell_line(line, explanation.strategy, speech) for line in lines],
        "said_nothing": speech.nothing_ahead(),
    }


def tell_line(line: Line, strategy: Strategy, speech: Speech) -> dict[str, Any]:
    """One dated line of a forecast."""
    step = strategy.steps[line.step]
    return {
        "on": _day(line.on),
        "step": step.id,
        "recipient": name_of(RecipientKind(line.recipient_kind)),
        "channel": name_of(Channel(line.channel)),
        "is_planned": line.is_planned,
        "from_at": iso_instant(line.from_at),
        "until_at": iso_instant(line.until_at),
        "loans": len(line.loans),
        "rules": [rule_document(each, speech) for each in line.bindings],
        "said": speech.line(line),
    }


def tell_duty(each: ForetoldDuty, speech: Speech) -> dict[str, Any]:
    """What has to be told or answered, by when, and the foretold contact that does it."""
    rule, by = each.rule, each.by
    channel = None if by is None else name_of(Channel(by.channel))
    return {
        "rule": rule.id,
        "citation": rule.citation,
        "certainty": rule.certainty,
        "give": name_of(rule.duty),
        "to": name_of(rule.recipient),
        "because_of": name_of(each.trigger),
        "is_open": each.is_open,
        "is_overdue": each.is_overdue,
        "arose_on": _day(each.arose_on),
        "last_on": None if each.last_on is None else _day(each.last_on),
        "last_at": iso_instant(each.last_at),
        "missing": list(each.missing),
        "by": None if by is None else {"from_at": iso_instant(by.from_at), "channel": channel},
        "said": speech.owed(
            rule,
            each.trigger,
            arose_on=each.arose_on,
            last_on=each.last_on,
            is_open=each.is_open,
            is_overdue=each.is_overdue,
            given=None if by is None or channel is None else (by.from_at, channel),
            is_for_a_person=not each.is_written,
        ),
    }


def _made(made: Made, speech: Speech) -> dict[str, Any]:
    at = instant_of(made.at)
    words = f"{speech.moment(at)}: {speech.channel(made.channel)}, {speech.attempt(made.state)}"
    told = {"channel": made.channel, "direction": made.direction, "state": made.state}
    return {"at": iso_instant(at), **told, "said": words}


def _lapsed(lapsed: Lapsed, speech: Speech) -> dict[str, Any]:
    at = instant_of(lapsed.at)
    said = speech.lapsed(lapsed.because, lapsed.channel, at)
    return {"at": iso_instant(at), "channel": lapsed.channel, "because": lapsed.because, "said": said}


def _refused(refused: Refused, explanation: Explanation, speech: Speech) -> dict[str, Any]:
    known = {rule.id: rule for rule in explanation.law.rules}
    return {
        "step": refused.step,
        "channel": refused.channel,
        "first_on": refused.first_on.isoformat(),
        "last_on": refused.last_on.isoformat(),
        "times": refused.times,
        "rules": list(refused.rules),
        "said": speech.refusal(
            refused.channel,
            day_of(refused.first_on),
            day_of(refused.last_on),
            [known[rule] for rule in refused.rules if rule in known],
        ),
    }


def _day(day: int) -> str | None:
    return None if day == NO_DATE else date_of(day).isoformat()
