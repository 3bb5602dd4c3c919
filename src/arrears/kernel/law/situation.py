"""A situation by value: the one schema of facts that pack cases, the API and the command line use.

A situation is one candidate contact at one instant with everything the law may ask about it.
It is written as a mapping of plain values (TOML or JSON); `situation_facts` turns any number of
them into the same `Facts` and candidates that a database gives.

    at            2026-07-14T08:00:00-06:00, or at_local = 2026-07-14T08:00:00 with in_zone
    channel, notice, purpose, actor          names from kernel.vocabulary
    recipient     kind, places (ISO 3166), zones (IANA); an empty list is "not known"
    point         number (any label, "A"), kind, source (or "not_known"), owner, dead_since
    loan          debt (label), debt_kind, law (ISO 3166), licence of the creditor
    amount_known, contacts_known, books_complete_through, reported_on
    contacts      at, channel, number, direction, result, conversation, debts, to (a label);
                  by (a kind of actor: all count), discussed (debts, if not the same)
    agreements    channel, weekdays, from, to, since, until
    opt_outs      by ("person" | "number"), channel, since, until
    holds         reason, on ("loan" | "person"), debt, stops, since, until
    overrides     rule, since, until
    consents      kind, form, by ("recipient" | "borrower"), given_to ("actor" | "another"),
                  about (a label), channel, purpose, debt, number, since, until
    inconvenient  channel, number, weekdays, from, to, since, until
    refused_at, payments (on)
    notices       notice, state (vocabulary.ProofState), at, channel, debt
    borrower_points  kind, dead_since: telephones of a borrower who is not the recipient

Times inside lists are instants with an offset, or wall time in `in_zone`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from arrears.kernel import vocabulary as v
from arrears.kernel.days import DAY
from arrears.kernel.facts import ALWAYS, NEVER, NO_DATE, NO_ID, TABLES, Facts, Instants, facts_of
from arrears.kernel.law.candidates import Candidates, candidates_of
from arrears.kernel.law.told import Situation, Told
from arrears.kernel.law.zones import ZoneSegments


def situation_facts(
    situations: Sequence[Situation], zones: Mapping[str, ZoneSegments]
) -> tuple[Facts, Candidates, Instants]:
    """(facts, candidates, instants asked about), one candidate per situation, in order.

    Raises `BadInput` naming the situation's number and key.
    """
    bundle = _Bundle(zones)
    for number, situation in enumerate(situations):
        _Writer(bundle, number, situation).write()
    return bundle.built()


class _Names:
    """Codes for names in order of appearance."""

    def __init__(self) -> None:
        self.codes: dict[Any, int] = {}

    def code(self, name: Any) -> int:
        return self.codes.setdefault(name, len(self.codes))


class _Bundle:
    """Rows of every fact table for all situations, collected before they become columns."""

    def __init__(self, zones: Mapping[str, ZoneSegments]) -> None:
        self.zones = zones
        self.ids = _Names()
        self.zone_names, self.places, self.rules = _Names(), _Names(), _Names()
        self.zone_sets, self.place_sets = _Names(), _Names()
        self.zone_sets.code(()), self.place_sets.code(())
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        self.asked: list[dict[str, Any]] = []

    def id(self, *parts: object) -> int:
        return self.ids.code(parts)

    def add(self, name: str, **row: object) -> None:
        self.rows[name].append(row)

    def size(self, name: str) -> int:
        """How many rows the table has so far."""
        return len(self.rows[name])

    def built(self) -> tuple[Facts, Candidates, Instants]:
        tables = {
            name: {column: [row[column] for row in rows] for column in TABLES[name].columns}
            for name, rows in self.rows.items()
        }
        at = np.array([row.pop("at") for row in self.asked], np.int64)
        facts = facts_of(
            tables,
            known_at=int(at.max(initial=0)),
            zones=tuple(self.zone_names.codes),
            places=tuple(self.places.codes),
            rules=tuple(self.rules.codes),
            zone_sets=tuple(self.zone_sets.codes),
            place_sets=tuple(self.place_sets.codes),
        )
        names = self.asked[0] if self.asked else dict.fromkeys(_ASKED, 0)
        columns = {name: np.array([row[name] for row in self.asked], np.int64) for name in names}
        return facts, candidates_of(facts, **columns), at


_ASKED = (
    "loan",
    "person",
    "recipient_kind",
    "point",
    "channel",
    "notice",
    "purpose",
    "is_amount_known",
    "reported_on",
    "actor_kind",
)


class _Writer(Told):
    """One situation, written into the bundle under ids of its own."""

    def __init__(self, bundle: _Bundle, number: int, situation: Situation) -> None:
        super().__init__(number, situation, bundle.zones)
        self.bundle = bundle
        self.at = self.instant(situation, "at")
        self.recipient = situation.get("recipient", {})
        self.person = self._id("person", "recipient")
        self.number_label = str(situation.get("point", {}).get("number", "A"))
        self.debt = str(situation.get("loan", {}).get("debt", "1"))

    def write(self) -> None:
        self._lender_and_loans()
        self._person_and_point()
        for name, write in self._lists().items():
            for row in self.told.get(name, ()):
                write(row)
        if "refused_at" in self.told:
            self.bundle.add("refusal", person=self.person, from_at=self.instant(self.told, "refused_at"))
        self._candidate()

    def _lists(self) -> dict[str, Callable[[Mapping[str, Any]], None]]:
        return {
            "contacts": self._contact,
            "agreements": self._agreement,
            "opt_outs": self._opt_out,
            "holds": self._hold,
            "overrides": self._override,
            "payments": self._payment,
            "consents": self._consent,
            "inconvenient": self._inconvenience,
            "notices": self._notice,
            "borrower_points": self._borrower_point,
        }

    # -- rows ------------------------------------------------------------------------------

    def _lender_and_loans(self) -> None:
        loan, add = self.told.get("loan", {}), self.bundle.add
        today = self.at // DAY
        add(
            "lender",
            lender=self._id("lender"),
            payments_complete_through_on=self.day(self.told, "books_complete_through", today + 400),
            contacts_known_from_on=0 if self.told.get("contacts_known", True) else NO_DATE,
            zone=self._zone_code(self.zone),
            actor_kind=self.code(v.ActorKind, self.told.get("actor", "original_creditor")),
            licence=self.code(v.CreditorLicence, loan.get("licence", "bank")),
        )
        rows = self.told.get("contacts", ())
        listed = [label for row in rows for key in ("debts", "discussed") for label in self.listed(row, key)]
        listed += [row["debt"] for row in self.told.get("consents", ()) if "debt" in row]
        law = loan.get("law")
        for label in dict.fromkeys([self.debt, *map(str, listed)]):
            add(
                "loan",
                loan=self._id("loan", label),
                lender=self._id("lender"),
                borrower=self._borrower(),
                debt=self._id("debt", label),
                debt_kind=self.code(v.DebtKind, loan.get("debt_kind", "consumer_loan")),
                law_place=NO_ID if law is None else self.bundle.places.code(law),
                contact_group=self._id("group"),
                is_closed=False,
                currency=NO_ID,
                risk=NO_ID,
            )

    def _borrower(self) -> int:
        kind = self.code(v.RecipientKind, self.recipient.get("kind", "borrower"))
        return self.person if kind in v.LIABLE else self._id("person", "borrower")

    def _person_and_point(self) -> None:
        people = {self.person, self._borrower()}
        people |= {self._id("person", str(r["to"])) for r in self.told.get("contacts", ()) if "to" in r}
        places = [self.bundle.places.code(str(p)) for p in self.listed(self.recipient, "places")]
        zones = [self._zone_code(str(z)) for z in self.listed(self.recipient, "zones")]
        for person in people:
            self.bundle.add(
                "person",
                person=person,
                zones=self.bundle.zone_sets.code(tuple(sorted(set(zones)))),
                places=self.bundle.place_sets.code(tuple(sorted(set(places)))),
                is_place_known=bool(places),
            )
        self._point()

    def _point(self) -> None:
        point = self.told.get("point", {})
        channel = self._channel()
        kinds = (v.PointKind.POSTAL,) if channel == NO_ID else v.POINT_KINDS_OF[v.Channel(channel)]
        kind = point.get("kind", v.name_of(kinds[0]))
        self.bundle.add(
            "point",
            point=self._id("point"),
            person=self.person,
            kind=self.code(v.PointKind, kind),
            value=self._id("value", self.number_label),
            source=self._source(point),
            dead_from_at=self.instant(point, "dead_since", NEVER),
            owner=self.code(v.PointOwner, point.get("owner", "own")),
        )

    def _source(self, point: Mapping[str, Any]) -> int:
        told = point.get("source", "contract")
        return NO_ID if told == "not_known" else int(self.code(v.PointSource, told))

    def _borrower_point(self, row: Mapping[str, Any]) -> None:
        number = self.bundle.size("point")
        self.bundle.add(
            "point",
            point=self._id("point", "borrower", number),
            person=self._borrower(),
            kind=self.code(v.PointKind, row.get("kind", "mobile")),
            value=self._id("value", "borrower", number),
            source=self.code(v.PointSource, "contract"),
            dead_from_at=self.instant(row, "dead_since", NEVER),
            owner=self.code(v.PointOwner, "own"),
        )

    def _contact(self, row: Mapping[str, Any]) -> None:
        contact = self.bundle.id("contact", len(self.bundle.rows["contact"]))
        self.bundle.add(
            "contact",
            contact=contact,
            at=self.instant(row, "at"),
            person=self._id("person", str(row.get("to", "recipient"))),
            value=self._id("value", str(row.get("number", self.number_label))),
            channel=self.code(v.Channel, row.get("channel", self.told.get("channel", "email"))),
            direction=self.code(v.Direction, row.get("direction", "out")),
            network_result=self.code(v.NetworkResult, row.get("result", "none")),
            is_conversation=bool(row.get("conversation", False)),
        )
        self.code(v.ActorKind, row.get("by", "original_creditor"))
        debts = self.listed(row, "debts", [self.debt])
        discussed = self.listed(row, "discussed", debts if row.get("conversation", False) else [])
        for label in dict.fromkeys([*debts, *discussed]):
            self.bundle.add(
                "contact_loan",
                contact=contact,
                loan=self._id("loan", str(label)),
                is_discussed=label in discussed,
            )

    def _agreement(self, row: Mapping[str, Any]) -> None:
        self.bundle.add(
            "agreement",
            person=self.person,
            channel=self.channel_or_any(row),
            weekdays=self.weekdays(row),
            start_local=self.time_of_day(row, "from"),
            end_local=self.time_of_day(row, "to"),
            **self.validity(row),
        )

    def _opt_out(self, row: Mapping[str, Any]) -> None:
        is_by_person = self.one_of(row, "by", "person", "number")
        self.bundle.add(
            "opt_out",
            person=self.person if is_by_person else NO_ID,
            value=NO_ID if is_by_person else self._id("value", self.number_label),
            channel=self.channel_or_any(row),
            **self.validity(row),
        )

    def _hold(self, row: Mapping[str, Any]) -> None:
        is_on_loan = self.one_of(row, "on", "loan", "person")
        stops = self.listed(row, "stops", ["notices", "calls"])
        self.bundle.add(
            "hold",
            hold=self.bundle.id("hold", len(self.bundle.rows["hold"])),
            loan=self._id("loan", str(row.get("debt", self.debt))) if is_on_loan else NO_ID,
            person=NO_ID if is_on_loan else self.person,
            reason=self.code(v.HoldReason, row.get("reason", "dispute")),
            stops=sum(self.code(v.Stops, name) for name in stops),
            **self.validity(row),
        )

    def _notice(self, row: Mapping[str, Any]) -> None:
        self.bundle.add(
            "notice_proof",
            loan=self._id("loan", str(row.get("debt", self.debt))),
            person=self.person,
            notice=self.code(v.NoticeKind, self.needed(row, "notice")),
            channel=self.code(v.Channel, row.get("channel", "letter")),
            state=self.code(v.ProofState, row.get("state", "sent")),
            at=self.instant(row, "at"),
        )

    def _consent(self, row: Mapping[str, Any]) -> None:
        is_by_recipient = self.one_of(row, "by", "recipient", "borrower")
        is_to_actor = self.one_of(row, "given_to", "actor", "another")
        about, kind = row.get("about", "anybody"), self.code(v.ConsentKind, self.needed(row, "kind"))
        self.bundle.add(
            "consent",
            person=self.person if is_by_recipient else self._borrower(),
            given_to=self._id("lender") if is_to_actor else NO_ID,
            about=v.ANY if about == "anybody" else self._person_called(str(about)),
            kind=kind,
            form=self.code(v.ConsentForm, row.get("form", "written")),
            channel=self.channel_or_any(row),
            purpose=self.code(v.Purpose, row["purpose"]) if "purpose" in row else v.ANY,
            loan=self._id("loan", str(row["debt"])) if "debt" in row else v.ANY,
            value=self._id("value", str(row["number"])) if "number" in row else v.ANY,
            from_at=self.instant(row, "since", None if kind == v.ConsentKind.EXTRA_CALLS else ALWAYS),
            until_at=self.instant(row, "until", NEVER),
        )

    def _person_called(self, label: str) -> int:
        return self.person if label == "recipient" else self._id("person", label)

    def _override(self, row: Mapping[str, Any]) -> None:
        self.bundle.add(
            "override",
            person=self.person,
            loan=v.ANY,
            rule=self.bundle.rules.code(str(self.needed(row, "rule"))),
            **self.validity(row),
        )

    def _inconvenience(self, row: Mapping[str, Any]) -> None:
        self.bundle.add(
            "inconvenience",
            person=self.person,
            value=self._id("value", str(row["number"])) if "number" in row else NO_ID,
            channel=self.channel_or_any(row),
            weekdays=self.weekdays(row),
            start_local=self.time_of_day({"from": "00:00", **row}, "from"),
            end_local=self.time_of_day({"to": "24:00", **row}, "to"),
            **self.validity(row),
        )

    def _payment(self, row: Mapping[str, Any]) -> None:
        self.bundle.add(
            "payment",
            loan=self._id("loan", self.debt),
            value_on=self.day(row, "on"),
            ordinal=self.bundle.size("payment"),
            payment=self.bundle.size("payment"),
            amount_minor=1,
            surplus=v.ANY,
            recorded_at=self.at,
        )

    def _candidate(self) -> None:
        told = self.told
        self.bundle.asked.append(
            {
                "at": self.at,
                "loan": self._id("loan", self.debt),
                "person": self.person,
                "recipient_kind": self.code(v.RecipientKind, self.recipient.get("kind", "borrower")),
                "point": NO_ID if self._channel() == NO_ID else self._id("point"),
                "channel": self._channel(),
                "notice": self.code(v.NoticeKind, told.get("notice", "overdue_notice")),
                "purpose": self.code(v.Purpose, told.get("purpose", "collect")),
                "is_amount_known": int(bool(told.get("amount_known", True))),
                "reported_on": self.day(told, "reported_on", self.at // DAY),
                "actor_kind": self.code(v.ActorKind, told.get("actor", "original_creditor")),
            }
        )

    def _channel(self) -> int:
        """Passing data on to a credit bureau is no contact and has no channel."""
        is_furnishing = self.told.get("purpose") == v.name_of(v.Purpose.FURNISH)
        return NO_ID if is_furnishing else int(self.code(v.Channel, self.told.get("channel", "email")))

    def _id(self, *parts: object) -> int:
        return self.bundle.id(self.number, *parts)

    def _zone_code(self, name: str) -> int:
        self.check_zone(name)
        return self.bundle.zone_names.code(name)
