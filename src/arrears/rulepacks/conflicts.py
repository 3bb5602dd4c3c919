"""Rules that demand opposite things of equal strength, so that nobody could obey both.

Where one rule is stronger than the other, or an exception or a truth settles which of them holds,
there is no conflict. What is left is a mistake of the packs, named with both sources: it is never
settled by the order in which rules stand.

    a notice that one rule wants given first, and another forbids in every way
    hours that have no minute in common
    a fact that every text of a kind must state, and may not state
    an obligation to give a notice that a rule of contact forbids in every way
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, product

from arrears.kernel.content.rules import ContentRule
from arrears.kernel.content.stated import MATCHED
from arrears.kernel.days import DAY, MINUTE
from arrears.kernel.errors import BadInput
from arrears.kernel.law.hours import Window
from arrears.kernel.law.kinds import windows_of
from arrears.kernel.law.matching import CODED_FIELDS, PLACE_FIELDS
from arrears.kernel.law.rules import Effect, Rule
from arrears.kernel.obligations.rules import NOTICE_OF, Obligation
from arrears.kernel.places import is_within
from arrears.kernel.tables.entries import Entry
from arrears.kernel.vocabulary import HOUSE, name_of

Source = Rule | ContentRule | Obligation | Entry
Match = Mapping[str, Sequence[str]]

_DAY_MINUTES = DAY // MINUTE
_OF_THE_PARTIES = ("actor_kind", "creditor_licence", "debt_kind")
"""Fields that say of whom a rule speaks, and are alike for a notice and for what it comes before."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two entries that nobody can obey both, and what they demand."""

    first: Source
    second: Source
    what: str

    @property
    def told(self) -> str:
        """One sentence that names both ids and both sources."""
        both = " and ".join(f"{each.id} ({each.citation})" for each in (self.first, self.second))
        return f"{both} {self.what}"


def conflicts_of(sources: Iterable[Source]) -> list[Conflict]:
    """Every conflict among these entries, of all kinds together."""
    every = list(sources)
    rules = [each for each in every if isinstance(each, Rule) and not each.lifts]
    lifted = {name for each in every if isinstance(each, Rule) for name in each.lifts}
    firm = [rule for rule in rules if rule.id not in lifted and rule.effect is not Effect.FLAG]
    return [
        *_of_notices(rules, firm),
        *_of_hours(firm),
        *_of_content([each for each in every if isinstance(each, ContentRule)]),
        *_of_obligations([each for each in every if isinstance(each, Obligation)], firm),
    ]


def refuse_conflicts(sources: Iterable[Source]) -> None:
    """Raises one `BadInput` that tells every conflict with both its sources."""
    conflicts = conflicts_of(sources)
    if conflicts:
        raise BadInput(
            "law.conflict",
            "\n".join(f"{each.told}." for each in conflicts),
            hint="Change one of them, or say by an exception, a truth or dates which holds.",
            rule=conflicts[0].first.id,
            other=conflicts[0].second.id,
        )


# -- kinds of conflict -------------------------------------------------------------------------


def _of_notices(rules: Sequence[Rule], firm: Sequence[Rule]) -> Iterator[Conflict]:
    for wanting, banning in product(rules, firm):
        if wanting.kind == "after_notice" and wanting.effect is banning.effect:
            told = wanting.params["notice"]  # one notice, or several of which any will do
            notices = [told] if isinstance(told, str) else told
            by = wanting.params.get("channels", ())
            is_banned = all(_bans(banning, notice, wanting.match, by) for notice in notices)
            if is_banned and _can_meet(wanting, banning):
                what = f"demand and forbid the same notice, {' or '.join(notices)}"
                yield Conflict(wanting, banning, what)


def _of_obligations(duties: Sequence[Obligation], firm: Sequence[Rule]) -> Iterator[Conflict]:
    for duty, banning in product(duties, firm):
        notice = NOTICE_OF.get(duty.duty)
        if notice is not None and banning.effect is Effect.HARD:
            name = name_of(notice)
            if _bans(banning, name, duty.match, ()) and _can_meet(duty, banning):
                yield Conflict(duty, banning, f"demand and forbid the same notice, {name}")


def _of_hours(firm: Sequence[Rule]) -> Iterator[Conflict]:
    hours = [rule for rule in firm if rule.kind == "hours"]
    for one, other in combinations(hours, 2):
        is_equal = one.effect is other.effect and _can_meet(one, other)
        if is_equal and _overlap(one.match, other.match) and not _common_hours(one, other):
            yield Conflict(one, other, "leave no hour in common in which contact is permitted")


def _of_content(rules: Sequence[ContentRule]) -> Iterator[Conflict]:
    """Demands that leave no lawful text of a kind at all.

    A ban that is narrower than the demand leaves one: nothing of the kind is then sent to these
    recipients, or in this situation.
    """
    for wanting, banning in product(rules, rules):
        if not _can_meet(wanting, banning):
            continue
        for fact in wanting.requires:
            if fact in banning.forbids and fact not in banning.unless and _takes_in(banning, wanting):
                yield Conflict(wanting, banning, f"say that a text must and may not state {fact}")
            is_beside = bool(banning.only) and fact not in banning.only
            if is_beside and (_takes_in(banning, wanting) or _takes_in(wanting, banning)):
                yield Conflict(wanting, banning, f"say that a text must state {fact} and nothing of the kind")


def _takes_in(one: ContentRule, other: ContentRule) -> bool:
    """Whether one binds wherever and whenever the other does."""
    return set(one.when) <= set(other.when) and all(
        _is_within_names(field, other.match.get(field, MATCHED.get(field, ())), names)
        for field, names in one.match.items()
    )


def _is_within_names(field: str, names: Collection[str], wanted: Collection[str]) -> bool:
    if field == "place":
        return bool(names) and all(is_within(place, tuple(wanted)) for place in names)
    return set(names) <= set(wanted)


# -- whether two entries speak of the same -----------------------------------------------------


def _bans(rule: Rule, notice: str, of: Match, by: Sequence[str]) -> bool:
    """Whether the rule forbids every way of giving the notice to the borrower, or these if there are any."""
    others = {field: names for field, names in rule.match.items() if field != "notice"}
    is_about_it = rule.kind == "forbid" and notice in rule.match.get("notice", (notice,))
    return is_about_it and all(_covers(field, names, of, by) for field, names in others.items())


def _covers(field: str, names: Sequence[str], of: Match, by: Sequence[str]) -> bool:
    """Whether a field of a ban takes in everything that the other entry may speak of."""
    if field == "channel" and by:
        return set(by) <= set(names)
    if field in PLACE_FIELDS:
        places = [place for each in (*PLACE_FIELDS, "place") for place in of.get(each, ())]
        return bool(places) and all(is_within(place, tuple(names)) for place in places)
    if field == "recipient_kind":
        return set(of.get(field, ("borrower",))) <= set(names)
    every = {name_of(each) for each in CODED_FIELDS[field][1]}
    spoken_of = set(of.get(field, every)) if field in _OF_THE_PARTIES else every
    return spoken_of <= set(names)


def _can_meet(one: Source, other: Source) -> bool:
    """Whether both can bind one lender on one day: of one jurisdiction, or one of them of the house."""
    of = {one.jurisdiction, other.jurisdiction}
    starts = [each.in_force_from or date.min for each in (one, other)]
    ends = [each.in_force_until or date.max for each in (one, other)]
    return (len(of) == 1 or HOUSE in of) and max(starts) < min(ends)


def _overlap(one: Match, other: Match) -> bool:
    """Whether some contact or text lies in both matches."""
    return all(_share(one[field], other[field]) for field in one if field in other)


def _share(one: Sequence[str], other: Sequence[str]) -> bool:
    pairs = product(one, other)
    return any(is_within(a, (b,)) or is_within(b, (a,)) for a, b in pairs)


def _common_hours(one: Rule, other: Rule) -> bool:
    return not _minutes(one).isdisjoint(_minutes(other))


def _minutes(rule: Rule) -> set[int]:
    """The minutes of a week that the rule permits."""
    return {
        (day * _DAY_MINUTES + minute) % (7 * _DAY_MINUTES)
        for window in windows_of(rule.params)
        for day in range(7)
        if window.weekdays >> day & 1
        for minute in range(window.start_local // MINUTE, _end(window) // MINUTE)
    }


def _end(window: Window) -> int:
    is_past_midnight = window.end_local <= window.start_local
    return window.end_local + is_past_midnight * DAY
