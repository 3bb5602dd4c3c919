"""A situation by value: the one schema of facts that pack cases, the API and the command line use.

A situation is one candidate contact at one instant with everything the law may ask about it.
It is written as a mapping of plain values (TOML or JSON); `situation_facts` turns any number of
them into the same `Facts` and candidates that a database gives.

    at            2026-07-14T08:00:00-06:00, or at_local = 2026-07-14T08:00:00 with in_zone
    channel, notice, purpose, actor          names from kernel.vocabulary
    recipient     kind, places (ISO 3166), zones (IANA), telephones (+886912345678, for the zones
                  of their prefixes); an empty list is "not known"; household (a label); under_14
    point         number (any label, "A"), kind, source (or "not_known"), owner, place,
                  dead_since
    loan          debt (label), debt_kind, law (ISO 3166), licence of the creditor,
                  opened_on (not told: nobody knows when it was made)
    amount_known, contacts_known, books_complete_through, reported_on
    voice         of a call, a person's if it does not say; visitors: how many persons will come;
                  manner (of the channel, vocabulary.MANNERS_OF)
    contacts      at, channel, number, direction, result, conversation, debts, to (a label), voice;
                  by (a kind of actor: all count), discussed (debts, if not the same),
                  household (a label: that of whoever was contacted, at the time), owner
    agreements    channel, weekdays, from, to, since, until, given_to ("actor" | "another"),
                  complied (the contact in which it was given broke no rule)
    opt_outs      by ("person" | "number"), channel, since, until
    holds         reason, on ("loan" | "person"), debt, stops, since, until
    overrides     rule, ground, since, until
    consents      kind, form, by ("recipient" | "borrower"), given_to ("actor" | "another"),
                  about (a label), channel, purpose, debt, number, since, until
    inconvenient  channel, number, place, form, weekdays, from, to, since, until
    refused_at, payments (on)
    notices       notice, state (vocabulary.ProofState), at, channel, debt
    borrower_points  kind, dead_since: telephones of a borrower who is not the recipient

Times inside lists are instants with an offset, or wall time in `in_zone`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import numpy as np

from arrears.kernel import vocabulary as v
from arrears.kernel.days import DAY, day_of
from arrears.kernel.errors import BadInput
from arrears.kernel.facts import (
    ALWAYS,
    NEVER,
    NO_DATE,
    NO_ID,
    TABLES,
    Codes,
    Column,
    Facts,
    Instants,
    Mask,
    facts_of,
)
from arrears.kernel.law.batch import Batch, Names, Rows
from arrears.kernel.law.candidates import Candidates, candidates_of
from arrears.kernel.law.told import Odd, Situation, flag, listed, place, stops, telephone, visitors
from arrears.kernel.law.zones import Zones

_USUAL_POINT = np.array([*(v.POINT_KINDS_OF[channel][0] for channel in v.Channel), v.PointKind.POSTAL])
"""The kind of contact point by channel; the last, for `NO_ID`, where nobody is contacted."""
_IS_MANNER_OF = np.array([[each in v.MANNERS_OF.get(c, ()) for each in v.Manner] for c in (*v.Channel, None)])
"""By channel and manner, whether a contact by the one may be made in the other; the last row is of none."""
_OF_ANOTHER_CHANNEL = Odd("'manner' is of another channel", "A postcard is a letter; see docs/situations.md.")
_FIRST, _LAST = (day_of(date(year, 1, 1)) * DAY for year in (1990, 2080))
_TOO_FAR = Odd("'at' is not between 1990 and 2080", "Time zones are known for those years.")


def situation_facts(situations: Sequence[Situation], zones: Zones) -> tuple[Facts, Candidates, Instants]:
    """(facts, candidates, instants asked about), one candidate per situation, in order.

    Raises `BadInput` naming the first situation that cannot be read, and the key.
    """
    facts, candidates, at, wrong = readable_situations(situations, zones)
    if wrong:
        raise wrong[min(wrong)][0]
    return facts, candidates, at


def readable_situations(
    situations: Sequence[Situation], zones: Zones
) -> tuple[Facts, Candidates, Instants, dict[int, list[BadInput]]]:
    """What `situation_facts` gives for those that can be read, in order, and all that is wrong with others.

    A situation may come from anywhere: a value of a kind that nobody expected is wrong too.
    """
    batch = Batch(situations, zones)
    return *_Reading(batch, zones).read(), batch.wrong


class _Reading:
    """All situations, read into columns of the fact tables.

    Each situation's people, debts, numbers and loans are its own: the id of the thing of a name
    is made from the name's code and the situation's number.
    """

    def __init__(self, batch: Batch, zones: Zones) -> None:
        self.batch, self.zones, self.told = batch, zones, batch.whole()
        self.people, self.debts, self.numbers, self.homes = Names(), Names(), Names(), Names()
        self.places, self.rules = Names(), Names()
        self.zone_sets: dict[tuple[int, ...], int] = {(): 0}
        self.place_sets: dict[tuple[int, ...], int] = {(): 0}
        self.lists: dict[str, Rows] = {}
        self.parts: dict[str, list[tuple[Codes, dict[str, Any]]]] = {}
        self.at, self.actor = self.told.moments(), self.told.codes("actor", v.ActorKind, 0)
        self.told.refuse((self.at < _FIRST) | (self.at >= _LAST), "at", _TOO_FAR)
        self.recipient, self.point, self.loan = map(batch.table, ("recipient", "point", "loan"))
        self.recipient_kind = self.recipient.codes("kind", v.RecipientKind, v.RecipientKind.BORROWER)
        self.person = batch.ids(self.people["recipient"], self.told.of)
        is_borrower = np.isin(self.recipient_kind, v.LIABLE)
        self.borrower = np.where(is_borrower, self.person, batch.ids(self.people["borrower"], self.told.of))
        self.number = self.point.names("number", self.numbers, batch.ids(self.numbers["A"], self.told.of))
        self.debt = self.loan.names("debt", self.debts, batch.ids(self.debts["1"], self.told.of))
        self.purpose = self.told.codes("purpose", v.Purpose, v.Purpose.COLLECT)
        self.stated_channel = self.told.codes("channel", v.Channel, v.Channel.EMAIL)
        # passing data on to a credit bureau is no contact and has no channel
        self.channel = np.where(self.purpose == v.Purpose.FURNISH, NO_ID, self.stated_channel)

    def read(self) -> tuple[Facts, Candidates, Instants]:
        self._lender()
        self._point()
        self._elsewhere()
        for name, read in self._readers().items():
            if name in self.told.keys and len(rows := self._rows(name)):
                read(rows)
        self._refusals()
        self._loans()
        self._persons()
        return self._built(self._asked())

    def _rows(self, name: str) -> Rows:
        """The rows of the lists of this name, gone through once."""
        if name not in self.lists:
            self.lists[name] = self.batch.lists(name)
        return self.lists[name]

    def _readers(self) -> dict[str, Callable[[Rows], None]]:
        return {
            "contacts": self._contacts,
            "agreements": self._agreements,
            "opt_outs": self._opt_outs,
            "holds": self._holds,
            "overrides": self._overrides,
            "payments": self._payments,
            "consents": self._consents,
            "inconvenient": self._inconvenient,
            "notices": self._notices,
            "borrower_points": self._borrower_points,
        }

    # -- columns ---------------------------------------------------------------------------

    def _lender(self) -> None:
        told, today = self.told, self.at // DAY
        self._add(
            "lender",
            told.of,
            lender=told.of,
            payments_complete_through_on=told.days("books_complete_through", today + 400),
            contacts_known_from_on=np.where(told.flags("contacts_known", default=True), 0, NO_DATE),
            zone=self.batch.zone,
            actor_kind=self.actor,
            licence=self.loan.codes("licence", v.CreditorLicence, v.CreditorLicence.BANK),
        )

    def _point(self) -> None:
        point = self.point
        self._add(
            "point",
            point.of,
            point=point.of,
            person=self.person,
            kind=point.codes("kind", v.PointKind, _USUAL_POINT[self.channel]),
            value=self.number,
            source=point.codes("source", v.PointSource, v.PointSource.CONTRACT, none="not_known"),
            dead_from_at=point.instants("dead_since", NEVER),
            owner=point.codes("owner", v.PointOwner, v.PointOwner.OWN),
            place=point.codes("place", v.PointPlace, NO_ID),
        )

    def _elsewhere(self) -> None:
        """The number asked about and those of contacts, where they are stated to be somebody else's."""
        contacts = self._rows("contacts")
        if "owner" not in self.point.keys | contacts.keys:
            return
        told = contacts.at(np.flatnonzero(~contacts.lacks("owner")))
        asked = self.point.codes("owner", v.PointOwner, v.PointOwner.OWN)
        owner = np.append(asked, told.codes("owner", v.PointOwner, NO_ID))
        person = np.append(self.person, told.names("to", self.people, self.person[told.of]))
        value = np.append(self.number, told.names("number", self.numbers, self.number[told.of]))
        rows = np.flatnonzero(np.isin(owner, v.ELSEWHERE))
        self._add(
            "elsewhere", np.append(self.point.of, told.of)[rows], person=person[rows], value=value[rows]
        )

    def _borrower_points(self, rows: Rows) -> None:
        """Telephones that nothing else is said of, each with an id and a number of its own."""
        own = np.arange(len(rows))
        self._add(
            "point",
            rows.of,
            point=own + len(self.batch),
            person=self.borrower[rows.of],
            kind=rows.codes("kind", v.PointKind, v.PointKind.MOBILE),
            value=own + len(self.numbers) * len(self.batch),
            source=int(v.PointSource.CONTRACT),
            dead_from_at=rows.instants("dead_since", NEVER),
            owner=int(v.PointOwner.OWN),
            place=NO_ID,
        )

    def _contacts(self, rows: Rows) -> None:
        contact, is_conversation = np.arange(len(rows)), rows.flags("conversation", default=False)
        self._add(
            "contact",
            rows.of,
            contact=contact,
            at=rows.moments(),
            person=rows.names("to", self.people, self.person[rows.of]),
            value=rows.names("number", self.numbers, self.number[rows.of]),
            channel=rows.codes("channel", v.Channel, self.stated_channel[rows.of]),
            direction=rows.codes("direction", v.Direction, v.Direction.OUT),
            network_result=rows.codes("result", v.NetworkResult, v.NetworkResult.NONE),
            is_conversation=is_conversation,
            voice=rows.codes("voice", v.Voice, NO_ID),
        )
        rows.codes("by", v.ActorKind, v.ActorKind.ORIGINAL_CREDITOR)  # all count alike
        self._contact_loans(rows, is_conversation == 1)

    def _contact_loans(self, rows: Rows, is_conversation: Mask) -> None:
        """The debts that a contact counts for; all of them were spoken about, if nobody says which."""
        alone = np.flatnonzero(rows.lacks("debts"))
        contact, loan = rows.listed_names("debts", self.debts)
        contact, loan = np.append(alone, contact), np.append(self.debt[rows.of[alone]], loan)
        also, discussed = rows.listed_names("discussed", self.debts)
        loans = len(self.debts) * len(self.batch)
        concerned, spoken = contact * loans + loan, also * loans + discussed
        is_all = rows.lacks("discussed") & is_conversation
        spoken = np.append(spoken, concerned[is_all[contact]])
        every = _distinct(np.append(concerned, spoken))
        contact, loan = np.divmod(every, loans)
        self._add(
            "contact_loan",
            rows.of[contact],
            contact=contact,
            loan=loan,
            is_discussed=np.isin(every, spoken),
        )

    def _agreements(self, rows: Rows) -> None:
        self._add(
            "agreement",
            rows.of,
            person=self.person[rows.of],
            given_to=np.where(rows.one_of("given_to", "actor", "another"), rows.of, NO_ID),
            complied=rows.column("complied", partial(flag, "complied"), NO_ID),
            channel=rows.channels(),
            weekdays=rows.weekdays(),
            **rows.hours(),
            **rows.validity(),
        )

    def _inconvenient(self, rows: Rows) -> None:
        self._add(
            "inconvenience",
            rows.of,
            person=self.person[rows.of],
            value=rows.names("number", self.numbers, NO_ID),
            channel=rows.channels(),
            place=rows.codes("place", v.PointPlace, v.ANY),
            form=rows.codes("form", v.StatementForm, NO_ID),
            weekdays=rows.weekdays(),
            **rows.hours(0, DAY),
            **rows.validity(),
        )

    def _opt_outs(self, rows: Rows) -> None:
        is_by_person = rows.one_of("by", "person", "number")
        self._add(
            "opt_out",
            rows.of,
            person=np.where(is_by_person, self.person[rows.of], NO_ID),
            value=np.where(is_by_person, NO_ID, self.number[rows.of]),
            channel=rows.channels(),
            **rows.validity(),
        )

    def _holds(self, rows: Rows) -> None:
        is_on_loan = rows.one_of("on", "loan", "person")
        loan = rows.names("debt", self.debts, self.debt[rows.of])
        self._add(
            "hold",
            rows.of,
            hold=np.arange(len(rows)),
            loan=np.where(is_on_loan, loan, NO_ID),
            person=np.where(is_on_loan, NO_ID, self.person[rows.of]),
            reason=rows.codes("reason", v.HoldReason, v.HoldReason.DISPUTE),
            stops=rows.column("stops", stops, v.Stops.NOTICES | v.Stops.CALLS),
            **rows.validity(),
        )

    def _overrides(self, rows: Rows) -> None:
        self._add(
            "override",
            rows.of,
            person=self.person[rows.of],
            loan=v.ANY,
            rule=rows.column("rule", lambda rule: self.rules[str(rule)]),
            ground=rows.codes("ground", v.Ground, NO_ID),
            **rows.validity(),
        )

    def _payments(self, rows: Rows) -> None:
        self._add(
            "payment",
            rows.of,
            loan=self.debt[rows.of],
            value_on=rows.days("on"),
            ordinal=np.arange(len(rows)),
            payment=np.arange(len(rows)),
            amount_minor=1,
            surplus=v.ANY,
            recorded_at=self.at[rows.of],
        )

    def _consents(self, rows: Rows) -> None:
        is_by_recipient = rows.one_of("by", "recipient", "borrower")
        is_to_actor = rows.one_of("given_to", "actor", "another")
        kind = rows.codes("kind", v.ConsentKind)
        about = rows.names("about", self.people)
        anybody = self.batch.ids(self.people["anybody"], rows.of)
        is_begun = [None if each == v.ConsentKind.EXTRA_CALLS else ALWAYS for each in kind.tolist()]
        self._add(
            "consent",
            rows.of,
            person=np.where(is_by_recipient, self.person[rows.of], self.borrower[rows.of]),
            given_to=np.where(is_to_actor, rows.of, NO_ID),
            about=np.where(about == anybody, v.ANY, about),
            kind=kind,
            form=rows.codes("form", v.ConsentForm, v.ConsentForm.WRITTEN),
            channel=rows.channels(),
            purpose=rows.codes("purpose", v.Purpose, v.ANY),
            loan=rows.names("debt", self.debts),
            value=rows.names("number", self.numbers),
            **rows.validity(is_begun),
        )

    def _notices(self, rows: Rows) -> None:
        self._add(
            "notice_proof",
            rows.of,
            loan=rows.names("debt", self.debts, self.debt[rows.of]),
            person=self.person[rows.of],
            notice=rows.codes("notice", v.NoticeKind),
            channel=rows.codes("channel", v.Channel, v.Channel.LETTER),
            state=rows.codes("state", v.ProofState, v.ProofState.SENT),
            at=rows.instants("at"),
        )

    def _refusals(self) -> None:
        told = self.told
        rows = told.at(np.flatnonzero(~told.lacks("refused_at")))
        self._add("refusal", rows.of, person=self.person[rows.of], from_at=rows.instants("refused_at"))

    def _loans(self) -> None:
        """Every debt that a situation speaks of; in all but its name each is the one asked about."""
        consents = [loan[loan != v.ANY] for loan in self._column("consent", "loan")]
        loan = _distinct(np.concatenate([self.debt, *self._column("contact_loan", "loan"), *consents]))
        of = self.batch.of(loan)
        self._add(
            "loan",
            of,
            loan=loan,
            lender=of,
            borrower=self.borrower[of],
            debt=loan,
            debt_kind=self.loan.codes("debt_kind", v.DebtKind, v.DebtKind.CONSUMER_LOAN)[of],
            law_place=self.loan.column("law", self._law, NO_ID)[of],
            contact_group=of,
            is_closed=0,
            currency=NO_ID,
            risk=NO_ID,
            opened_on=self.loan.days("opened_on", NO_DATE)[of],
        )

    def _law(self, told: str | None) -> int:
        return NO_ID if told is None else self.places[place(told)]

    def _persons(self) -> None:
        """Everybody a situation speaks with; where one of them is, all are."""
        contacted = self._column("contact", "person")
        person = _distinct(np.concatenate([self.person, self.borrower, *contacted]))
        of = self.batch.of(person)
        places = self._sets("places", self._place_set)
        zones = self._zones(places)
        self._add(
            "person", of, person=person, zones=zones[of], places=places[of], is_place_known=places[of] != 0
        )
        if "under_14" in self.recipient.keys:
            child = np.flatnonzero(self.recipient.flags("under_14", default=False))
            self._add("child", child, person=self.person[child])
        self._households()

    def _households(self) -> None:
        """The recipient's household, and that of everybody a contact was made with, at the time of it."""
        mine = self.recipient.at(np.flatnonzero(~self.recipient.lacks("household")))
        self._household(mine, self.person[mine.of], ALWAYS, NEVER)
        contacts = self._rows("contacts")
        told = contacts.at(np.flatnonzero(~contacts.lacks("household")))
        at = told.moments()
        self._household(told, told.names("to", self.people, self.person[told.of]), at, at + 1)

    def _household(
        self, rows: Rows, person: Codes, from_at: int | Instants, until_at: int | Instants
    ) -> None:
        household = rows.names("household", self.homes)
        self._add(
            "household", rows.of, household=household, person=person, from_at=from_at, until_at=until_at
        )

    def _place_set(self, told: object) -> int:
        codes = {self.places[place(name)] for name in listed("places", told)}
        return self.place_sets.setdefault(tuple(sorted(codes)), len(self.place_sets))

    def _sets(self, key: str, read: Callable[[object], int]) -> Codes:
        """The set that each recipient's list stands for; lists that are written alike are read once."""
        known: dict[tuple[object, ...], int] = {}

        def read_once(told: object) -> int:
            if type(told) is not list:
                return read(told)
            written = tuple(told)
            if written not in known:
                known[written] = read(told)
            return known[written]

        return self.recipient.column(key, read_once, 0)

    def _zones(self, places: Codes) -> Codes:
        """The zone set of each: every zone that is stated, or that a place or a number speaks for."""
        stated = self._sets("zones", self._zone_set)
        numbers = self._sets("telephones", self._zone_set_of_numbers)
        sets, of_places = list(self.zone_sets), [self._zones_of(members) for members in self.place_sets]
        united = {}
        for row in zip(stated.tolist(), numbers.tolist(), places.tolist(), strict=True):
            if row not in united:
                own, dialled, there = row
                united[row] = self._code_of_zones({*sets[own], *sets[dialled], *of_places[there]})
        rows = zip(stated.tolist(), numbers.tolist(), places.tolist(), strict=True)
        return np.array([united[row] for row in rows], np.int64)

    def _zones_of(self, places: tuple[int, ...]) -> set[int]:
        names = list(self.places)
        return {self.batch.zone_code(zone) for code in places for zone in self.zones.of_place(names[code])}

    def _zone_set(self, told: object) -> int:
        return self._code_of_zones({self.batch.zone_code(name) for name in listed("zones", told)})

    def _zone_set_of_numbers(self, told: object) -> int:
        numbers = [telephone(number) for number in listed("telephones", told)]
        zones = [zone for number in numbers for zone in self.zones.of_telephone(number)]
        return self._code_of_zones({self.batch.zone_code(zone) for zone in zones})

    def _code_of_zones(self, codes: set[int]) -> int:
        return self.zone_sets.setdefault(tuple(sorted(codes)), len(self.zone_sets))

    def _asked(self) -> dict[str, Codes]:
        told = self.told
        return {
            "loan": self.debt,
            "person": self.person,
            "recipient_kind": self.recipient_kind,
            "point": np.where(self.channel == NO_ID, NO_ID, told.of),
            "channel": self.channel,
            "notice": told.codes("notice", v.NoticeKind, v.NoticeKind.OVERDUE_NOTICE),
            "purpose": self.purpose,
            "is_amount_known": told.flags("amount_known", default=True),
            "reported_on": told.days("reported_on", self.at // DAY),
            "actor_kind": self.actor,
            "voice": self._voice(),
            "visitors": self._visitors(),
            "manner": self._manner(),
            "is_dispute_noted": told.flags("dispute_noted", default=False),
        }

    def _voice(self) -> Codes:
        """A call is by a person unless it says otherwise; nothing else has a voice."""
        self._refuse_but_of("voice", v.Channel.CALL)
        usual = np.where(self.channel == v.Channel.CALL, v.Voice.PERSON, NO_ID)
        return self.told.codes("voice", v.Voice, usual)

    def _visitors(self) -> Codes:
        self._refuse_but_of("visitors", v.Channel.VISIT)
        return self.told.column("visitors", visitors, NO_ID)

    def _manner(self) -> Codes:
        told = self.told
        manner = told.codes("manner", v.Manner, NO_ID)
        if "manner" in told.keys:
            told.refuse(
                (manner != NO_ID) & ~_IS_MANNER_OF[self.channel, manner], "manner", _OF_ANOTHER_CHANNEL
            )
        return manner

    def _refuse_but_of(self, key: str, channel: v.Channel) -> None:
        is_misplaced = ~self.told.lacks(key) & (self.channel != channel)
        self.told.refuse(is_misplaced, key, Odd(f"{key!r} is stated of a {v.name_of(channel)}"))

    # -- tables ----------------------------------------------------------------------------

    def _add(self, table: str, of: Codes, **columns: Any) -> None:
        """Rows of a table: whose each is, and a value or one for all in every column."""
        self.parts.setdefault(table, []).append((of, columns))

    def _column(self, table: str, name: str) -> list[Codes]:
        """A column of a table as far as it has been read, in parts."""
        return [columns[name] for _, columns in self.parts.get(table, ())]

    def _built(self, asked: Mapping[str, Codes]) -> tuple[Facts, Candidates, Instants]:
        """All of those situations in which nothing is wrong."""
        is_right = np.ones(len(self.batch), np.bool_)
        is_right[list(self.batch.wrong)] = False
        tables = {table: _joined(table, parts, is_right) for table, parts in self.parts.items()}
        at = self.at[is_right]
        facts = facts_of(
            tables,
            known_at=int(at.max(initial=0)),
            zones=tuple(self.batch.zone_names),
            places=tuple(self.places),
            rules=tuple(self.rules),
            zone_sets=tuple(self.zone_sets),
            place_sets=tuple(self.place_sets),
        )
        return facts, candidates_of(facts, **{name: asked[name][is_right] for name in asked}), at


def _joined(
    table: str, parts: Sequence[tuple[Codes, Mapping[str, Any]]], is_right: Mask
) -> dict[str, Column]:
    """The columns of a table of all parts, without the rows of situations in which something is wrong."""
    kept = None if is_right.all() else is_right[np.concatenate([of for of, _ in parts])]

    def column(name: str) -> Column:
        values = [(of, columns[name]) for of, columns in parts]
        full = [told if isinstance(told, np.ndarray) else np.full(len(of), told) for of, told in values]
        whole = full[0] if len(full) == 1 else np.concatenate(full)
        return whole if kept is None else np.asarray(whole[kept])

    return {name: column(name) for name in TABLES[table].columns}


def _distinct(ids: Codes) -> Codes:
    """The ids in order, each once; far faster than `np.unique` for one and for very many."""
    ids = np.sort(ids)
    is_first = np.ones(len(ids), np.bool_)
    is_first[1:] = ids[1:] != ids[:-1]
    return ids[is_first]
