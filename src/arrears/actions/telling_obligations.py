"""An open obligation as plain values: what the command line prints and the API answers."""

from __future__ import annotations

from datetime import date
from typing import Any

from arrears.actions.obligations import OpenObligation
from arrears.actions.reaching import Way
from arrears.kernel.obligations.routes import Ban
from arrears.kernel.obligations.standing import Standing
from arrears.kernel.vocabulary import Channel, name_of


def tell_obligation(each: OpenObligation, language: str) -> dict[str, Any]:
    """The obligation, what is left of its time, and the ways or the bans, in the order of a report."""
    is_overdue = each.standing is Standing.OVERDUE
    return {
        "rule": each.rule.id,
        "last_on": _day(each.last_on),
        "days_left": each.days_left,
        "last_permitted_on": _day(each.last_permitted_on),
        "slack_days": each.slack_days,
        "alarm": "overdue" if is_overdue else name_of(each.alarm),
        "next": name_of(each.next_step),
        "missing": list(each.missing),
        "ways": None if each.reach is None else [_way(way) for way in each.reach.ways],
        "loan": each.loan_ref,
        "request": each.request,
        "because_of": name_of(each.trigger),
        "since": _day(each.arose_on),
        "give": name_of(each.rule.duty),
        "to": name_of(each.rule.recipient),
        "satisfied_by": name_of(each.rule.satisfied_by),
        "certainty": each.rule.certainty,
        "citation": each.rule.citation,
        "about": each.rule.about[language],
        "bans": None if each.reach is None else [_ban(ban) for ban in each.reach.bans],
    }


def _day(on: date | None) -> str | None:
    return None if on is None else on.isoformat()


def _way(way: Way) -> dict[str, Any]:
    return {"channel": name_of(way.channel), "by_exception": way.is_exception}


def _ban(ban: Ban) -> dict[str, Any]:
    rule, release = ban.binding.rule, ban.binding.release
    return {
        "channel": name_of(Channel(ban.channel)),
        "rule": rule.id,
        "citation": rule.citation,
        "certainty": rule.certainty,
        "release": {"kind": release.kind, "fact": release.fact or None},
    }
