"""What a simulation is told as: tables with both sides beside each other, or a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from arrears.cli.output import print_report
from arrears.kernel.days import date_of
from arrears.kernel.money import Money
from arrears.kernel.vocabulary import Channel, name_of

if TYPE_CHECKING:
    from arrears.actions.simulations import Side, Simulation
    from arrears.kernel.planning.comparing import DifferentLoans
    from arrears.kernel.planning.tally import Tally

_SIDES = ("current", "new")
_FIGURES = {
    "days of loans late": "late_days",
    "steps due": "dues",
    "of these told": "told",
    "of these refused": "dues_refused",
    "calls left for want of time": "left_for_capacity",
    "steps passed over": "passed_over",
    "contacts": "contacts",
    "persons contacted": "persons",
}
_KINDS = {
    "other_ladder": "climbs another ladder",
    "other_step": "another step on the day",
    "other_channel": "through another channel",
    "refused": "contacted now, refused by new",
    "permitted": "refused now, contacted by new",
    "no_capacity": "called now, no time under new",
    "capacity": "no time now, called by new",
    "later": "the same step later",
    "earlier": "the same step earlier",
    "dropped": "a step less",
    "added": "a step more",
}


@dataclass(frozen=True, slots=True)
class Effort:
    """What a contact costs: an agent's minutes per call, the money per letter if it is known."""

    minutes_per_call: int
    letter_cost: Money | None

    def minutes(self, tally: Tally) -> int:
        return tally.through(Channel.CALL) * self.minutes_per_call

    def letters(self, tally: Tally) -> Money | None:
        count, cost = tally.through(Channel.LETTER), self.letter_cost
        return None if cost is None else Money(count * cost.minor, cost.currency)


def print_simulation(
    found: Simulation, sides: tuple[Side, Side], lender: str, effort: Effort, top: int
) -> None:
    """Print every table; those about something that neither side does are left out."""
    both = (found.current, found.new)
    current, new = (side.strategy.name for side in sides)
    click.echo(f"{lender}: {found.from_on} to {found.to_on}; current: {current}; new: {new}")
    for name, law in zip(_SIDES, _laws(sides), strict=True):
        click.echo(f"law of {name}: {law}")
    print_report(
        "table", "Days and steps", [_line(each, *_of(both, name)) for each, name in _FIGURES.items()]
    )
    print_report("table", "Effort", list(_effort_rows(both, effort)))
    _print_counts("Contacts by channel", "channel", *map(_channels, both))
    _print_counts("Contacts by step", "step", *(map(_steps, both, sides)))
    _print_counts("Candidates refused, by rule", "rule", found.current.refused, found.new.refused)
    _print_counts("Persons by number of contacts", "contacts", *(each.per_person for each in both))
    _print_differences(found, top)


def document(
    found: Simulation, sides: tuple[Side, Side], lender: str, effort: Effort, top: int
) -> dict[str, Any]:
    """The whole simulation, as `docs/simulation.md` describes it."""
    refs = _refs(found.different, top)
    return {
        "lender": lender,
        "from": found.from_on,
        "to": found.to_on,
        "known_at": found.known_at,
        "payments_complete_through_on": found.books_through_on,
        "loans": found.loans,
        "sides": {
            name: _side(side, tally, effort)
            for name, side, tally in zip(_SIDES, sides, (found.current, found.new), strict=True)
        },
        "loans_treated_differently": sum(len(each.loans) for each in found.different),
        "differences": [_different(each, refs, top) for each in found.different],
    }


def points_of(tally: Tally) -> list[tuple[date, str, int]]:
    """(day, channel, contacts) for a picture."""
    return [
        (date_of(day), name_of(Channel(code)), count) for (day, code), count in sorted(tally.by_day.items())
    ]


def _side(side: Side, tally: Tally, effort: Effort) -> dict[str, Any]:
    cost = effort.letters(tally)
    return {
        "strategy": {"name": side.strategy.name, "version": side.strategy.version},
        "law": _law(side),
        "late_loan_days": tally.late_days,
        "steps_due": tally.dues,
        "steps_told": tally.told,
        "steps_refused": tally.dues_refused,
        "steps_passed_over": tally.passed_over,
        "calls_left_for_capacity": tally.left_for_capacity,
        "contacts": tally.contacts,
        "persons_contacted": tally.persons,
        "persons_by_contacts": tally.per_person,
        "contacts_by_day": [{"on": on, "channel": name, "contacts": n} for on, name, n in points_of(tally)],
        "contacts_by_step": [
            {"step": side.strategy.steps[step].id, "channel": name_of(Channel(code)), "contacts": count}
            for (step, code), count in sorted(tally.by_step.items())
        ],
        "candidates_refused_by_rule": tally.refused,
        "calls": tally.through(Channel.CALL),
        "agent_minutes": effort.minutes(tally),
        "letters": tally.through(Channel.LETTER),
        "letter_cost": None if cost is None else {"currency": cost.currency, "minor": cost.minor},
    }


def _law(side: Side) -> dict[str, Any]:
    basis = side.law_basis
    return {
        "version": side.law.version,
        "adopted": side.law.adopted,
        "adopted_from": basis.adopted_from_on,
        "own_rules": basis.own_rules,
        "switched_on": basis.switched_on,
        "switched_off": basis.switched_off,
        "files": basis.files,
    }


def _laws(sides: tuple[Side, Side]) -> tuple[str, str]:
    """Each side's law in words; new's is told only where it is another one."""
    current, new = sides
    is_same = (current.law.version, current.law_basis) == (new.law.version, new.law_basis)
    return _law_in_words(current), "the same" if is_same else _law_in_words(new)


def _law_in_words(side: Side) -> str:
    basis = side.law_basis
    if basis.adopted_from_on is not None:
        origin = f"adopted from {basis.adopted_from_on} on"
    else:
        origin = "named here, not adopted" if basis.is_named else "every shipped pack, as none is adopted"
    beside = {
        "switched on": basis.switched_on,
        "switched off": basis.switched_off,
        "files tried": basis.files,
    }
    own = "" if basis.own_rules is None else f"; own rules: {basis.own_rules}"
    changes = "".join(f"; {what}: {', '.join(names)}" for what, names in beside.items() if names)
    return f"{', '.join(side.law.adopted)} ({origin}){own}{changes}"


def _different(each: DifferentLoans, refs: Mapping[int, str], top: int) -> dict[str, Any]:
    return {
        "kind": each.difference.kind,
        "current": each.difference.current,
        "new": each.difference.new,
        "days": each.difference.days,
        "loans": len(each.loans),
        "first_on": date_of(each.on[0]),
        "examples": [
            {"loan": refs[loan], "on": date_of(on)}
            for loan, on in zip(each.loans[:top], each.on[:top], strict=True)
        ],
    }


def _refs(different: Iterable[DifferentLoans], top: int) -> dict[int, str]:
    from arrears.actions.simulations import refs_of

    return refs_of(loan for each in different for loan in each.loans[:top])


def _print_differences(found: Simulation, top: int) -> None:
    refs = _refs(found.different, top)
    count = sum(len(each.loans) for each in found.different)
    rows = [
        {
            "what": _KINDS[each.difference.kind],
            "current": each.difference.current,
            "new": _told_of_new(each),
            "loans": len(each.loans),
            "first on": date_of(each.on[0]),
            "for example": ", ".join(refs[loan] for loan in each.loans[:top]),
        }
        for each in found.different
    ]
    columns = ("what", "current", "new", "loans", "first on", "for example")
    title = f"{count:,} loans treated differently, by the first difference"
    print_report("table", title, rows, columns=columns)


def _told_of_new(each: DifferentLoans) -> str:
    days = each.difference.days
    return (
        f"{each.difference.new}, by {days} {'day' if days == 1 else 'days'}" if days else each.difference.new
    )


def _effort_rows(both: Sequence[Tally], effort: Effort) -> Iterator[dict[str, object]]:
    yield _line("calls", *(each.through(Channel.CALL) for each in both))
    current, new = map(effort.minutes, both)
    yield _row("hours of agents", _hours(current), _hours(new), _hours(new - current))
    yield _line("letters", *(each.through(Channel.LETTER) for each in both))
    if effort.letter_cost is not None:
        currency = effort.letter_cost.currency
        letters = [each.minor for each in map(effort.letters, both) if each is not None]
        costs = [*letters, letters[1] - letters[0]]
        yield _row("what letters cost", *(str(Money(each, currency)) for each in costs))


def _hours(minutes: int) -> str:
    sign = "-" if minutes < 0 else ""
    hours, rest = divmod(abs(minutes), 60)
    return f"{sign}{hours:,}:{rest:02}"


def _print_counts(title: str, what: str, current: Mapping[Any, int], new: Mapping[Any, int]) -> None:
    names = sorted({*current, *new})
    rows = [_line(str(name), current.get(name, 0), new.get(name, 0), what=what) for name in names]
    if rows:
        print_report("table", title, rows)


def _line(name: str, current: int, new: int, *, what: str = "what") -> dict[str, object]:
    return _row(name, current, new, new - current, what=what)


def _row(name: str, current: object, new: object, change: object, *, what: str = "what") -> dict[str, object]:
    return {what: name, "current": current, "new": new, "difference": change}


def _of(both: Sequence[Tally], name: str) -> tuple[int, int]:
    return getattr(both[0], name), getattr(both[1], name)


def _channels(tally: Tally) -> dict[str, int]:
    return {name_of(channel): count for channel in Channel if (count := tally.through(channel))}


def _steps(tally: Tally, side: Side) -> dict[str, int]:
    counts: dict[str, int] = {}
    for (step, _), count in tally.by_step.items():
        counts[side.strategy.steps[step].id] = counts.get(side.strategy.steps[step].id, 0) + count
    return counts
