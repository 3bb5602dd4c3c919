"""The law read aloud: one candidate, one rule, one instant at a time, in plain Python.

Written from the design and from what the rule kinds say of themselves, so that the kernel's
whole-array arithmetic has something independent to agree with. Nothing here is fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import ClassVar

from arrears.kernel import vocabulary as v
from arrears.kernel.facts import ALWAYS, NEVER, NO_DATE, NO_ID, Facts
from arrears.kernel.law.candidates import Candidates
from arrears.kernel.law.rules import BY_LOAN, Effect, Law, Rule
from tests.kernel.law import civil

Row = dict[str, int]
HOUR = 3_600_000_000
DAY = 24 * HOUR
UNITS = {"hours": HOUR, "minutes": 60_000_000}
LONGEST_EXTRA = 3 * HOUR  # what changes of clock may add to a day, anywhere


def rows_of_table(columns: Candidates) -> list[Row]:
    return [dict(zip(columns, map(int, row), strict=True)) for row in zip(*columns.values(), strict=True)]


class Oracle:
    """Facts and law, and the question: may this contact be made at this instant?"""

    def __init__(self, facts: Facts, law: Law) -> None:
        self.facts, self.law = facts, law
        self.tables = {name: rows_of_table(facts[name]) for name in facts.tables}

    # -- one rule --------------------------------------------------------------------------

    def is_permitted(self, candidate: Row, rule: Rule, t: int) -> bool:
        return (
            not self.matches(candidate, rule)
            or not self.is_in_force(rule, t)
            or self.KINDS[rule.kind](self, candidate, rule, t)
            or any(self.is_lifted_by(candidate, each, t) for each in self.exceptions_to(rule))
            or self.is_overridden(candidate, rule, t)
        )

    def exceptions_to(self, rule: Rule) -> list[Rule]:
        return [each for each in self.law.exceptions if rule.id in each.lifts]

    def is_lifted_by(self, candidate: Row, exception: Rule, t: int) -> bool:
        return (
            self.matches(candidate, exception)
            and self.is_in_force(exception, t)
            and self.EXCEPTION_KINDS[exception.kind](self, candidate, exception, t)
        )

    def is_in_force(self, rule: Rule, t: int) -> bool:
        """By the civil date of the contact where the pack reckons its dates; by the loan: at any time."""
        if rule.in_force_by == BY_LOAN:
            return True
        on = civil.date_at(rule.reference_zone, t)
        return (rule.in_force_from is None or rule.in_force_from <= on) and (
            rule.in_force_until is None or on < rule.in_force_until
        )

    def is_of_the_days_of(self, rule: Rule, candidate: Row) -> bool:
        """Whether the loan was made while the rule was in force; unknown: for a rule yes, an exception no."""
        (loan,) = (each for each in rows_of_table(self.facts["loan"]) if each["loan"] == candidate["loan"])
        if loan["opened_on"] == NO_DATE:
            return not rule.lifts
        on = date(1970, 1, 1) + timedelta(days=loan["opened_on"])
        return (rule.in_force_from is None or rule.in_force_from <= on) and (
            rule.in_force_until is None or on < rule.in_force_until
        )

    # -- all rules -------------------------------------------------------------------------

    def allows(self, candidate: Row, t: int, effects: Iterable[Effect]) -> bool:
        """Whether every rule of these effects permits the instant."""
        rules = [rule for rule in self.law.rules if rule.effect in effects]
        return all(self.is_permitted(candidate, rule, t) for rule in rules)

    # -- whom a rule speaks of ---------------------------------------------------------------

    def matches(self, candidate: Row, rule: Rule) -> bool:
        is_contact = candidate["purpose"] != v.Purpose.FURNISH
        is_spoken_of = (is_contact or "purpose" in rule.match) and all(
            self._matches_field(candidate, name, rule.match[name]) for name in rule.match
        )
        return is_spoken_of and (rule.in_force_by != BY_LOAN or self.is_of_the_days_of(rule, candidate))

    def _matches_field(self, candidate: Row, field: str, wanted: tuple[str, ...]) -> bool:
        places = [self.facts.places[code] for code in self.facts.place_sets[candidate["places"]]]
        law_place = candidate["law_place"]
        laws = [] if law_place == NO_ID else [self.facts.places[law_place]]
        match field:
            case "recipient_places":
                return any(_lies_in(place, wanted) for place in places)
            case "governing_law":
                return any(_lies_in(place, wanted) for place in laws)
            case "place_or_law":
                return any(_lies_in(place, wanted) for place in [*places, *laws])
        column, names = _CODES[field]
        code = candidate[column]
        return code != NO_ID and names(code).name.lower() in wanted

    # -- kinds of rule -----------------------------------------------------------------------

    def zones_of(self, candidate: Row) -> list[str]:
        return [self.facts.zones[code] for code in self.facts.zone_sets[candidate["zones"]]]

    def _hours(self, candidate: Row, rule: Rule, t: int) -> bool:
        days = set(rule.params.get("weekdays", range(1, 8)))
        start, end = since_midnight(rule.params["from"]), since_midnight(rule.params["to"])
        if rule.params.get("to_inclusive"):
            end += 1
        return self._is_within_hours(candidate, days, start, end, t)

    def _is_within_hours(self, candidate: Row, days: set[int], start: int, end: int, t: int) -> bool:
        zones = self.zones_of(candidate)
        return bool(zones) and all(_is_inside(name, days, start, end, t) for name in zones)

    def _count(self, candidate: Row, rule: Rule, t: int) -> bool:
        counted = [
            row
            for row in self.counted(rule)
            if self._is_same_scope(candidate, rule, row) and not self._had_consent(candidate, rule, row)
        ]
        return sum(self._still_counts(rule, row, t) for row in counted) < rule.params["max"]

    def _had_consent(self, candidate: Row, rule: Rule, contact: Row) -> bool:
        """A call about the debt with the consent by which an exception lifts the rule."""
        if rule.params["scope"] != "person_and_debt" or contact["channel"] != v.Channel.CALL:
            return False
        return any(
            each.kind == "extra_calls"
            and self.matches(candidate, each)
            and self.is_in_force(each, contact["at"])
            and any(
                self._is_consented(each, row, contact["at"])
                and contact["at"] <= self._next_talk(candidate, row["from_at"])
                for row in self._consents(candidate)
            )
            for each in self.exceptions_to(rule)
        )

    def _consents(self, candidate: Row) -> list[Row]:
        debt_of = {row["loan"]: row["debt"] for row in self.tables["loan"]}
        return [
            row
            for row in self.tables["consent"]
            if row["person"] == candidate["person"]
            and row["kind"] == v.ConsentKind.EXTRA_CALLS
            and row["channel"] in (v.ANY, v.Channel.CALL)
            and row["given_to"] == candidate["lender"]
            and (row["loan"] == v.ANY or debt_of.get(row["loan"]) == candidate["debt"])
        ]

    def _is_consented(self, exception: Rule, consent: Row, t: int) -> bool:
        """Within what it states and within the civil days that count from its own, wherever he is."""
        days = exception.params["civil_days"]
        names = self._zones_of_person(consent["person"])
        if not names:
            return _covers(consent, t) and t < consent["from_at"] + (days - 1) * DAY - LONGEST_EXTRA
        return _covers(consent, t) and all(
            civil.date_at(name, t) < civil.date_at(name, consent["from_at"]) + timedelta(days=days)
            for name in names
        )

    def _zones_of_person(self, person: int) -> list[str]:
        sets = {row["person"]: row["zones"] for row in self.tables["person"]}
        return [self.facts.zones[code] for code in self.facts.zone_sets[sets.get(person, 0)]]

    def _talks(self, candidate: Row) -> list[Row]:
        """Telephone conversations with the person in which the debt was discussed."""
        debt_of = {row["loan"]: row["debt"] for row in self.tables["loan"]}
        about = {
            row["contact"]
            for row in self.tables["contact_loan"]
            if row["is_discussed"] and debt_of.get(row["loan"]) == candidate["debt"]
        }
        return [
            row
            for row in self.tables["contact"]
            if row["contact"] in about
            and row["person"] == candidate["person"]
            and row["channel"] == v.Channel.CALL
            and row["is_conversation"]
        ]

    def _next_talk(self, candidate: Row, after: int) -> int:
        return min((row["at"] for row in self._talks(candidate) if row["at"] > after), default=NEVER)

    def _quiet_after(self, candidate: Row, rule: Rule, t: int) -> bool:
        days = rule.params["civil_days"]
        names = self._zones_of_person(candidate["person"])
        return not any(
            row["at"] <= t and self._same_days(names, row["at"], t, days) for row in self._talks(candidate)
        )

    def _only_rest_days(self, candidate: Row, rule: Rule, t: int) -> bool:
        """Some counted contact, or this one, is made on a day of work wherever its recipient may be."""
        counted = [row for row in self.counted(rule) if self._is_same_scope(candidate, rule, row)]
        made = [(self._zones_of_person(row["person"]), row["at"]) for row in counted]
        asked = (self.zones_of(candidate), t)
        return not made or not all(self._is_rest(rule, *each) for each in [*made, asked])

    def _is_rest(self, rule: Rule, names: list[str], t: int) -> bool:
        days = [civil.date_at(name, t) for name in names]
        off = self.law.calendars[rule.params["calendar"]].tolist()
        return not days or any(
            day.isoweekday() in rule.params["weekdays"] or civil.day_number(day) in off for day in days
        )

    def _visitors(self, candidate: Row, rule: Rule, t: int) -> bool:
        return candidate["visitors"] != NO_ID and candidate["visitors"] >= rule.params["min"]

    def _stated_hours(self, candidate: Row, rule: Rule, t: int) -> bool:
        return not any(
            row["place"] == v.ANY and self._is_inconvenient(candidate, row, t)
            for row in self.tables["inconvenience"]
        )

    def _stated_place(self, candidate: Row, rule: Rule, t: int) -> bool:
        places = {candidate["point_place"]} - {NO_ID}
        if candidate["point_owner"] == v.PointOwner.WORK:
            places.add(int(v.PointPlace.WORK))
        if "places" in rule.params:
            places &= {int(v.PointPlace[name.upper()]) for name in rule.params["places"]}
        return not any(
            row["place"] in places
            and self._is_inconvenient(candidate, row, t)
            and not self._is_forgotten(rule, row, t)
            for row in self.tables["inconvenience"]
        )

    def _is_inconvenient(self, candidate: Row, row: Row, t: int) -> bool:
        zones = self.zones_of(candidate)
        days, start, end = _days_of(row["weekdays"]), row["start_local"], row["end_local"]
        return (
            row["person"] == candidate["person"]
            and row["value"] in (NO_ID, candidate["value"])
            and row["channel"] in (v.ANY, candidate["channel"])
            and _covers(row, t)
            and (not zones or any(_is_inside(name, days, start, end, t) for name in zones))
        )

    def _is_forgotten(self, rule: Rule, row: Row, t: int) -> bool:
        """Said by word of mouth, and the days for which that holds are over wherever he may be."""
        if "oral_days" not in rule.params or row["form"] != v.StatementForm.ORAL or row["from_at"] == ALWAYS:
            return False
        days, names = rule.params["oral_days"], self._zones_of_person(row["person"])
        if not names:
            return t >= row["from_at"] + (days + 1) * DAY + LONGEST_EXTRA
        return all(
            civil.date_at(name, t) > civil.date_at(name, row["from_at"]) + timedelta(days=days)
            for name in names
        )

    def counted(self, rule: Rule) -> list[Row]:
        counts = rule.params["counts"]
        if counts == "call_or_text_elsewhere":
            return [row for row in self.counted_as("call_or_text") if self._is_elsewhere(row)]
        return self.counted_as(counts)

    def counted_as(self, counts: str) -> list[Row]:
        return [row for row in self.tables["contact"] if _COUNTED[counts](row)]

    def _is_elsewhere(self, contact: Row) -> bool:
        return any(
            (row["person"], row["value"]) == (contact["person"], contact["value"])
            for row in self.tables["elsewhere"]
        )

    def _is_same_scope(self, candidate: Row, rule: Rule, contact: Row) -> bool:
        match rule.params["scope"]:
            case "value":
                return candidate["value"] == contact["value"] != NO_ID
            case "person":
                return candidate["person"] == contact["person"] != NO_ID
            case "household":
                is_own = candidate["person"] == contact["person"]
                return is_own or self._homes_now(candidate["person"]) & self._homes_of(contact) != set()
            case "value_and_debt" if not candidate["value"] == contact["value"] != NO_ID:
                return False
        return candidate["person"] == contact["person"] and candidate["debt"] in self._debts_of(contact)

    def _homes_now(self, person: int) -> set[int]:
        return {
            row["household"]
            for row in self.tables["household"]
            if row["person"] == person and row["from_at"] <= self.facts.known_at < row["until_at"]
        }

    def _homes_of(self, contact: Row) -> set[int]:
        """The households that the person was of when he was contacted, and is of now."""
        then = {
            row["household"]
            for row in self.tables["household"]
            if row["person"] == contact["person"] and row["from_at"] <= contact["at"] < row["until_at"]
        }
        return then | self._homes_now(contact["person"])

    def _debts_of(self, contact: Row) -> set[int]:
        debt_of = {row["loan"]: row["debt"] for row in self.tables["loan"]}
        links = [row for row in self.tables["contact_loan"] if row["contact"] == contact["contact"]]
        return {debt_of[row["loan"]] for row in links if row["loan"] in debt_of}

    def _still_counts(self, rule: Rule, contact: Row, t: int) -> bool:
        """Whether a contact at `t` would stand in one window with this contact, wherever it was."""
        if rule.params["unit"] == "ever":
            return True
        length = rule.params["length"]
        if rule.params["unit"] in UNITS:
            return t < contact["at"] + length * UNITS[rule.params["unit"]]
        zone_sets = self.zone_sets_reached(rule, contact)
        return any(self._same_days(names, contact["at"], t, length) for names in zone_sets)

    def zone_sets_reached(self, rule: Rule, contact: Row) -> list[list[str]]:
        """The plausible zones of each person whom the contact may have reached."""
        people = {contact["person"]}
        if rule.params["scope"] == "value":
            everybody = (*self.tables["point"], *self.tables["contact"])
            people |= {row["person"] for row in everybody if row["value"] == contact["value"]}
        if rule.params["scope"] == "household":
            homes = {row["household"] for row in self.tables["household"] if row["person"] in people}
            people |= {row["person"] for row in self.tables["household"] if row["household"] in homes}
        sets = {row["person"]: row["zones"] for row in self.tables["person"]}
        codes = {sets.get(person, 0) for person in people}
        return [[self.facts.zones[code] for code in self.facts.zone_sets[each]] for each in codes]

    def _same_days(self, names: list[str], at: int, t: int, length: int) -> bool:
        if not names:
            return t < at + length * DAY + LONGEST_EXTRA
        return any(
            civil.date_at(name, t) < civil.date_at(name, at) + timedelta(days=length) for name in names
        )

    def _forbid(self, candidate: Row, rule: Rule, t: int) -> bool:
        return False

    def _require(self, candidate: Row, rule: Rule, t: int) -> bool:
        match rule.params["fact"]:
            case "amount":
                return candidate["is_amount_known"] == 1
            case "place":
                return bool(self.zones_of(candidate)) and candidate["is_place_known"] == 1
            case "contact_history":
                return self._lender(candidate)["contacts_known_from_on"] != NO_DATE
            case "report":
                mine = [row for row in self.tables["payment"] if row["loan"] == candidate["loan"]]
                return all(row["value_on"] <= candidate["reported_on"] for row in mine)
        return candidate["point"] == NO_ID or candidate["point_source"] != NO_ID

    def _lender(self, candidate: Row) -> Row:
        return next(row for row in self.tables["lender"] if row["lender"] == candidate["lender"])

    def _complete_books(self, candidate: Row, rule: Rule, t: int) -> bool:
        lender = self._lender(candidate)
        today = civil.day_number(civil.date_at(self.facts.zones[lender["zone"]], t))
        through_on = lender["payments_complete_through_on"]
        return through_on != NO_DATE and through_on >= today - 1

    def _opt_out(self, candidate: Row, rule: Rule, t: int) -> bool:
        return not any(
            _covers(row, t)
            and row["channel"] in (v.ANY, candidate["channel"])
            and any(candidate[who] == row[who] != NO_ID for who in ("person", "value"))
            for row in self.tables["opt_out"]
        )

    def _hold(self, candidate: Row, rule: Rule, t: int) -> bool:
        holds = self.stopping(candidate, rule, t)
        return not any(self.is_for_a_reason(row, rule) for row in holds)

    def _unnoted_dispute(self, candidate: Row, rule: Rule, t: int) -> bool:
        return candidate["is_dispute_noted"] == 1 or self._hold(candidate, rule, t)

    def standing(self, candidate: Row, t: int) -> list[Row]:
        return [
            row
            for row in self.tables["hold"]
            if _covers(row, t)
            and (
                candidate["loan"] == row["loan"] != NO_ID
                or (row["person"] != NO_ID and row["person"] in (candidate["person"], candidate["borrower"]))
            )
        ]

    def stopping(self, candidate: Row, rule: Rule, t: int) -> list[Row]:
        """The holds that stop this contact: as recorded, or as the rule itself says."""
        if candidate["purpose"] == v.Purpose.FURNISH:
            stop = v.Stops.FURNISHING
        elif candidate["channel"] in (v.Channel.CALL, v.Channel.VISIT):
            stop = v.Stops.CALLS
        else:
            stop = v.Stops.NOTICES
        by_law = rule.params.get("stops")
        return [
            row
            for row in self.standing(candidate, t)
            if (row["stops"] & stop if by_law is None else v.name_of(stop) in by_law)
        ]

    def is_for_a_reason(self, hold: Row, rule: Rule) -> bool:
        reasons = rule.params.get("reasons")
        return reasons is None or v.name_of(v.HoldReason(hold["reason"])) in reasons

    def _after_notice(self, candidate: Row, rule: Rule, t: int) -> bool:
        told = rule.params["notice"]
        waited_for = [told] if isinstance(told, str) else told
        about = [
            row
            for row in self.tables["notice_proof"]
            if (row["person"], row["loan"]) == (candidate["person"], candidate["loan"])
            and v.name_of(v.NoticeKind(row["notice"])) in waited_for
            and v.name_of(v.Channel(row["channel"])) in rule.params.get("channels", _CHANNELS)
        ]
        proves = {"delivered": ("delivered", "served"), "sent": ("sent", "posted", "delivered", "served")}
        given = [row for row in about if _state(row) in proves[rule.params["state"]]]
        back = [row for row in about if _state(row) == "returned"]
        return any(
            self._have_days_passed(candidate, row["at"], rule.params["wait_days"], t)
            and not any(row["channel"] == each["channel"] and row["at"] <= each["at"] <= t for each in back)
            for row in given
        )

    def _have_days_passed(self, candidate: Row, at: int, days: int, t: int) -> bool:
        """So many whole days lie between the two, wherever the person may be."""
        if days == 0:
            return at <= t
        zones = self.zones_of(candidate)
        if not zones:
            return t >= at + (days + 1) * DAY + LONGEST_EXTRA
        return all(civil.date_at(name, t) > civil.date_at(name, at) + timedelta(days=days) for name in zones)

    def _consent(self, candidate: Row, rule: Rule, t: int) -> bool:
        giver = rule.params.get("giver", "recipient")
        by = candidate["person"] if giver == "recipient" else candidate["borrower"]
        return any(
            row["person"] == by
            and _covers(row, t)
            and v.name_of(v.ConsentKind(row["kind"])) == rule.params["consent"]
            and v.name_of(v.ConsentForm(row["form"])) in rule.params.get("forms", _FORMS)
            and all(row[name] in (v.ANY, candidate[name]) for name in ("channel", "purpose", "loan", "value"))
            and (giver == "recipient" or row["about"] in (v.ANY, candidate["person"]))
            for row in self.tables["consent"]
        )

    def _refusal(self, candidate: Row, rule: Rule, t: int) -> bool:
        refusals = [row for row in self.tables["refusal"] if row["person"] == candidate["person"]]
        return all(t < row["from_at"] for row in refusals)

    def _dead_point(self, candidate: Row, rule: Rule, t: int) -> bool:
        points = [row for row in self.tables["point"] if row["point"] == candidate["point"]]
        return bool(points) and all(t < row["dead_from_at"] for row in points)

    # -- kinds of exception --------------------------------------------------------------------

    def _consented_hours(self, candidate: Row, exception: Rule, t: int) -> bool:
        """Hours agreed with this lender, in a contact that complied, after all that he found unsuitable."""
        mine = [row for row in self.tables["inconvenience"] if row["person"] == candidate["person"]]
        agreed = [
            row
            for row in self.tables["agreement"]
            if row["given_to"] == candidate["lender"]
            and row["complied"] == 1
            and all(row["from_at"] > each["from_at"] for each in mine)
        ]
        return any(self._has_agreed(candidate, row, t) for row in agreed)

    def _agreed_hours(self, candidate: Row, exception: Rule, t: int) -> bool:
        return any(self._has_agreed(candidate, row, t) for row in self.tables["agreement"])

    def _has_agreed(self, candidate: Row, row: Row, t: int) -> bool:
        return (
            row["complied"] != 0
            and row["person"] == candidate["person"]
            and row["channel"] in (v.ANY, candidate["channel"])
            and _covers(row, t)
            and self._is_within_hours(
                candidate, _days_of(row["weekdays"]), row["start_local"], row["end_local"], t
            )
        )

    def _one_reply(self, candidate: Row, exception: Rule, t: int) -> bool:
        """An unanswered message by this medium, not older than the rule allows, gives one reply."""
        within = exception.params["within_hours"] * HOUR
        there = [
            row
            for row in self.tables["contact"]
            if row["person"] == candidate["person"] and row["channel"] == candidate["channel"]
        ]
        said = [
            row["at"]
            for row in there
            if row["direction"] == v.Direction.IN
            and (not exception.params.get("same_point") or row["value"] == candidate["value"] != NO_ID)
        ]
        replied = [row["at"] for row in there if row["direction"] == v.Direction.OUT]
        return any(
            at <= t < at + within and not any(at <= answer < at + within for answer in replied) for at in said
        )

    def _extra_calls(self, candidate: Row, exception: Rule, t: int) -> bool:
        return any(
            self._is_consented(exception, row, t) and t < self._next_talk(candidate, row["from_at"])
            for row in self._consents(candidate)
        )

    def _spoken(self, candidate: Row, exception: Rule, t: int) -> bool:
        about = {
            row["contact"]
            for row in self.tables["contact_loan"]
            if row["loan"] == candidate["loan"] and row["is_discussed"]
        }
        return any(
            row["contact"] in about and row["person"] == candidate["person"] and row["is_conversation"]
            for row in self.tables["contact"]
            if row["at"] <= t
        )

    def _used_by_recipient(self, candidate: Row, exception: Rule, t: int) -> bool:
        days = exception.params.get("within_days")
        return any(
            row["direction"] == v.Direction.IN
            and row["value"] == candidate["value"] != NO_ID
            and row["person"] == candidate["person"]
            and row["channel"] == candidate["channel"]
            and row["at"] <= t
            and (days is None or t < row["at"] + days * DAY)
            for row in self.tables["contact"]
        )

    def _lost_contact(self, candidate: Row, exception: Rule, t: int) -> bool:
        """Dialled in vain often enough before today, or at dead numbers only, and not heard from since."""
        theirs = [row for row in self.tables["contact"] if row["person"] == candidate["borrower"] != NO_ID]
        heard = [row["at"] for row in theirs if _is_reached(row) and row["at"] <= t]
        since = max(heard, default=None)
        failed = [row["at"] for row in theirs if _is_failed(row) and (since is None or row["at"] > since)]
        today = civil.date_at(exception.reference_zone, t)
        before = [at for at in failed if at <= t and civil.date_at(exception.reference_zone, at) < today]
        points = [
            row["dead_from_at"]
            for row in self.tables["point"]
            if row["person"] == candidate["borrower"]
            and row["kind"] in (v.PointKind.MOBILE, v.PointKind.LANDLINE)
        ]
        dead_at = max(points, default=NEVER)
        is_dead = dead_at <= t and dead_at != NEVER and (since is None or since <= dead_at)
        return len(before) >= exception.params["dials"] or is_dead

    def _despite_hold(self, candidate: Row, exception: Rule, t: int) -> bool:
        return all(self.is_for_a_reason(row, exception) for row in self.stopping(candidate, exception, t))

    def _while_held(self, candidate: Row, exception: Rule, t: int) -> bool:
        return any(self.is_for_a_reason(row, exception) for row in self.standing(candidate, t))

    def is_overridden(self, candidate: Row, rule: Rule, t: int) -> bool:
        return rule.effect is Effect.OVERRIDABLE and any(
            self.facts.rules[row["rule"]] == rule.id
            and row["person"] == candidate["person"]
            and row["loan"] in (v.ANY, candidate["loan"])
            and _covers(row, t)
            and all(self._is_ground(each, row) for each in self.exceptions_to(rule))
            for row in self.tables["override"]
        )

    def _is_ground(self, exception: Rule, override: Row) -> bool:
        """Whether an override is for a reason that justifies it, where an exception says which do."""
        told = override["ground"]
        named = v.name_of(v.Ground(told)) if told != NO_ID else ""
        return exception.kind != "justified" or named in exception.params["grounds"]

    def _justified(self, candidate: Row, exception: Rule, t: int) -> bool:
        return False

    KINDS: ClassVar = {
        "hours": _hours,
        "count": _count,
        "quiet_after": _quiet_after,
        "visitors": _visitors,
        "only_rest_days": _only_rest_days,
        "stated_hours": _stated_hours,
        "stated_place": _stated_place,
        "forbid": _forbid,
        "require": _require,
        "complete_books": _complete_books,
        "opt_out": _opt_out,
        "hold": _hold,
        "unnoted_dispute": _unnoted_dispute,
        "refusal": _refusal,
        "dead_point": _dead_point,
        "after_notice": _after_notice,
        "consent": _consent,
    }
    EXCEPTION_KINDS: ClassVar = {
        "agreed_hours": _agreed_hours,
        "consented_hours": _consented_hours,
        "one_reply": _one_reply,
        "extra_calls": _extra_calls,
        "consented": _consent,
        "spoken": _spoken,
        "used_by_recipient": _used_by_recipient,
        "lost_contact": _lost_contact,
        "despite_hold": _despite_hold,
        "while_held": _while_held,
        "justified": _justified,
    }


_CHANNELS = tuple(v.name_of(channel) for channel in v.Channel)
_FORMS = tuple(v.name_of(form) for form in v.ConsentForm)


def _state(row: Row) -> str:
    return v.name_of(v.ProofState(row["state"]))


def _is_failed(row: Row) -> bool:
    in_vain = (v.NetworkResult.NOT_CONNECTED, v.NetworkResult.RANG_OUT)
    return is_call(row) and row["network_result"] in in_vain and not row["is_conversation"]


def _is_reached(row: Row) -> bool:
    return row["direction"] == v.Direction.IN or (row["channel"] == v.Channel.CALL and not _is_failed(row))


def is_call(row: Row) -> bool:
    return row["direction"] == v.Direction.OUT and row["channel"] == v.Channel.CALL


def is_communication(row: Row) -> bool:
    lost = (v.NetworkResult.NOT_CONNECTED, v.NetworkResult.RANG_OUT)
    return row["direction"] == v.Direction.OUT and not (is_call(row) and row["network_result"] in lost)


_COUNTED: dict[str, Callable[[Row], bool]] = {
    "contact": lambda row: row["direction"] == v.Direction.OUT,
    "call": is_call,
    "connected_call": lambda row: is_call(row) and row["network_result"] != v.NetworkResult.NOT_CONNECTED,
    "effective_call": lambda row: is_call(row) and bool(row["is_conversation"]),
    "unanswered_call": lambda row: is_call(row) and row["network_result"] != v.NetworkResult.ANSWERED,
    "artificial_call": lambda row: is_call(row) and row["voice"] not in (v.Voice.PERSON, v.Voice.AUTODIALLED),
    "communication": is_communication,
    "call_or_text": lambda row: is_communication(row) and row["channel"] in (v.Channel.CALL, v.Channel.SMS),
    "text": lambda row: row["direction"] == v.Direction.OUT and row["channel"] == v.Channel.SMS,
    "visit": lambda row: row["direction"] == v.Direction.OUT and row["channel"] == v.Channel.VISIT,
}
_CODES = {
    "debt_kind": ("debt_kind", v.DebtKind),
    "creditor_licence": ("licence", v.CreditorLicence),
    "actor_kind": ("actor_kind", v.ActorKind),
    "recipient_kind": ("recipient_kind", v.RecipientKind),
    "age": ("age", v.Age),
    "channel": ("channel", v.Channel),
    "purpose": ("purpose", v.Purpose),
    "notice": ("notice", v.NoticeKind),
    "voice": ("voice", v.Voice),
    "manner": ("manner", v.Manner),
    "point_kind": ("point_kind", v.PointKind),
    "point_source": ("point_source", v.PointSource),
    "point_owner": ("point_owner", v.PointOwner),
}


def _lies_in(place: str, wanted: tuple[str, ...]) -> bool:
    country = place.split("-", maxsplit=1)[0]
    return place in wanted or country in wanted


def _covers(row: Row, t: int) -> bool:
    return row["from_at"] <= t < row["until_at"]


def _days_of(bits: int) -> set[int]:
    return {day for day in range(1, 8) if bits >> (day - 1) & 1}


def since_midnight(text: str) -> int:
    hour, minute = text.split(":")
    return (int(hour) * 60 + int(minute)) * 60_000_000


def _is_inside(name: str, days: set[int], start: int, end: int, t: int) -> bool:
    """Whether the wall shows a time in the window; past midnight it belongs to the day before."""
    local = civil.wall(name, t)
    since = civil.since_midnight(local)
    yesterday = local - timedelta(days=1)
    if end <= start:
        end += DAY
    began_today = local.isoweekday() in days and start <= since < end
    began_yesterday = yesterday.isoweekday() in days and start <= since + DAY < end
    return began_today or began_yesterday
