"""A loan's statement in words: tables and lines made from its figures, nothing computed here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from arrears.actions.statements import LoanStatement
from arrears.kernel.arrears.accounts import DebtLine, Part, PastDue, debts_of, past_due_of
from arrears.kernel.arrears.moves import Move
from arrears.kernel.arrears.tracing import MoveLine, Trace
from arrears.kernel.days import date_of
from arrears.kernel.facts import NO_DATE, NO_ID, UNKNOWN_MINOR
from arrears.kernel.money import Money
from arrears.kernel.vocabulary import ArrearsSource, name_of
from arrears.locale.statement import Words

_MINIMUM = "minimum"


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Told:
    """A statement as it is printed: a heading, tables, and the sum line by line."""

    heading: Sequence[str]
    tables: Sequence[Table]
    sum_title: str
    sum: Sequence[str]


def tell_statement(statement: LoanStatement, language: str) -> Told:
    """The statement in one of the languages of notices."""
    return _Telling(statement, Words(language)).told()


def document(statement: LoanStatement) -> dict[str, Any]:
    """The statement for programs: the same figures in minor units, days as dates."""
    trace = statement.trace
    debts = [] if trace is None else debts_of(trace)
    return {
        "loan": statement.subject.loan_ref,
        "lender": statement.subject.lender_name,
        "currency": statement.subject.currency,
        "on": statement.on,
        "known_at": statement.known_at,
        "payments_complete_through_on": statement.books_through_on,
        "terms": asdict(statement.terms),
        "arrears": _plain(statement.arrears),
        "arrears_known_now": None if statement.now is None else _plain(statement.now),
        "debts": [_debt_document(statement, debt) for debt in debts],
        "moves": [] if trace is None else [_move_document(statement, trace, move) for move in trace.moves],
        "credit_minor": 0 if trace is None else trace.credit_minor,
        "reversed": [asdict(each) for each in statement.taken_back],
        "charged_off": [asdict(each) for each in statement.charged_off],
        "pauses": [{"from_on": first, "to_on": last} for first, last in statement.pauses],
    }


def _debt_document(statement: LoanStatement, debt: DebtLine) -> dict[str, Any]:
    return {
        "number": debt.number,
        "event": None if debt.event is None else statement.refs[("event", debt.event)],
        "due_on": debt.due_on,
        "counted_on": debt.counted_on,
        "payable_until_on": debt.last_on,
        **{f"{_part_name(part)}_minor": amount for part, amount in debt.asked.items()},
        "paid_minor": debt.paid_minor,
        "forgiven_minor": debt.forgiven_minor,
        "open_minor": debt.open_minor,
        "settled_on": debt.settled_on,
        "past_due_days": debt.past_due_days(statement.on),
    }


def _move_document(statement: LoanStatement, trace: Trace, move: MoveLine) -> dict[str, Any]:
    return {
        "what": _what(statement, move),
        "ref": _ref(statement, move),
        "value_on": move.value_on,
        "amount_minor": move.amount_minor,
        "pays": [
            {
                "number": trace.cells[taken.cell].number,
                "part": _part_name(trace.cells[taken.cell].component),
                "due_on": trace.cells[taken.cell].due_on,
                "amount_minor": taken.amount_minor,
            }
            for taken in move.taken
        ],
        "not_as_stated": [asdict(each) for each in move.differences],
        "credit_minor": move.credit_minor,
    }


@dataclass(frozen=True, slots=True)
class _Telling:
    statement: LoanStatement
    words: Words

    def told(self) -> Told:
        trace = self.statement.trace
        debts = [] if trace is None else debts_of(trace)
        past_due = past_due_of(debts, self.statement.on, self.statement.terms.tolerance_minor)
        tables = [] if trace is None else list(self._tables(trace, debts, past_due))
        return Told(
            heading=list(self._heading()),
            tables=[table for table in tables if table.rows],
            sum_title=self.words.say("heading", "sum"),
            sum=[*self._sum(past_due), *self._restated()],
        )

    # -- heading ---------------------------------------------------------------------------------

    def _heading(self) -> Iterator[str]:
        statement, subject = self.statement, self.statement.subject
        yield self._say("heading", "title", loan=subject.loan_ref, on=statement.on)
        yield self._say("heading", "lender", lender=subject.lender_name, currency=subject.currency)
        books = statement.books_through_on or self._say("heading", "books_unknown")
        known_at = statement.known_at.isoformat(sep=" ", timespec="minutes")
        yield self._say("heading", "known", known_at=known_at, books=books)
        yield self._say("heading", "product", product=statement.terms.product, terms=self._terms())

    def _terms(self) -> str:
        terms = self.statement.terms
        if not terms.is_on_file:
            return self._say("heading", "no_terms")
        told = []
        if terms.tolerance_minor:
            told.append(self._say("term", "tolerance_minor", amount=self._money(terms.tolerance_minor)))
        if terms.tolerance_days:
            told.append(self._say("term", "tolerance_days", days=terms.tolerance_days))
        if terms.grace_days:
            told.append(self._say("term", "grace_days", days=terms.grace_days))
        if terms.calendar and terms.business_day_roll != "none":
            roll = terms.business_day_roll
            told.append(self._say("term", "roll", calendar=terms.calendar, roll=roll))
        told.append(self._say("term", "order", order=terms.allocation))
        told.append(self._say("term", "surplus", surplus=self._say("surplus", terms.surplus)))
        if terms.counts_all_pauses:
            told.append(self._say("term", "all_pauses"))
        return "; ".join(told)

    # -- tables ----------------------------------------------------------------------------------

    def _tables(self, trace: Trace, debts: Sequence[DebtLine], past_due: PastDue) -> Iterator[Table]:
        parts = list(dict.fromkeys(part for debt in debts for part in debt.asked))
        parts.sort(key=lambda part: -1 if part is None else int(part))
        rows = [self._debt(debt, parts) for debt in debts]
        yield Table(self._say("heading", "schedule"), [*rows, self._total(debts, parts, past_due)])
        moves = [self._move(trace, move) for move in trace.moves]
        yield Table(self._say("heading", "money"), moves)
        yield Table(self._say("heading", "differences"), list(self._differences(trace)))
        yield Table(self._say("heading", "reversed"), list(self._taken_back()))
        charged_off = [
            {
                self._column("value_on"): each.value_on,
                self._column("ref"): each.ref,
                self._column("amount"): self._figure(each.amount_minor),
            }
            for each in self.statement.charged_off
        ]
        yield Table(self._say("heading", "charged_off"), charged_off)

    def _debt(self, debt: DebtLine, parts: Sequence[Part]) -> dict[str, Any]:
        days = debt.past_due_days(self.statement.on)
        asked = {self._column(_part_name(part)): self._figure(debt.asked.get(part, 0)) for part in parts}
        return {
            self._column("debt"): self._name(debt),
            self._column("due_on"): debt.due_on,
            self._column("last_on"): debt.last_on,
            **asked,
            self._column("paid"): self._figure(debt.paid_minor),
            self._column("forgiven"): self._figure(debt.forgiven_minor),
            self._column("settled_on"): debt.settled_on,
            self._column("open"): self._figure(debt.open_minor),
            self._column("past_due"): self._figure(debt.open_minor) if days else "",
            self._column("days"): str(days) if days else "",
        }

    def _total(self, debts: Sequence[DebtLine], parts: Sequence[Part], past_due: PastDue) -> dict[str, Any]:
        asked = {
            self._column(_part_name(part)): self._figure(sum(debt.asked.get(part, 0) for debt in debts))
            for part in parts
        }
        sums = {
            name: self._figure(sum(getattr(debt, f"{name}_minor") for debt in debts))
            for name in ("paid", "forgiven", "open")
        }
        return {
            self._column("debt"): self._say("word", "total"),
            self._column("due_on"): None,
            self._column("last_on"): None,
            **asked,
            **{self._column(name): sums[name] for name in ("paid", "forgiven")},
            self._column("settled_on"): None,
            self._column("open"): sums["open"],
            self._column("past_due"): self._figure(past_due.total_minor),
            self._column("days"): "",
        }

    def _move(self, trace: Trace, move: MoveLine) -> dict[str, Any]:
        pays = "; ".join(
            f"{self._debt_of(trace, taken.cell)} {self._part(trace.cells[taken.cell].component)}"
            f" {self._figure(taken.amount_minor)}"
            for taken in move.taken
        )
        return {
            self._column("value_on"): move.value_on,
            self._column("what"): self._say("word", _what(self.statement, move)),
            self._column("ref"): _ref(self.statement, move),
            self._column("amount"): self._figure(move.amount_minor) if move.amount_minor else "",
            self._column("pays"): pays,
            self._column("credit"): self._figure(move.credit_minor),
        }

    def _differences(self, trace: Trace) -> Iterator[dict[str, Any]]:
        for move in trace.moves:
            for each in move.differences:
                number = self._say("word", "any") if each.number is None else str(each.number)
                yield {
                    self._column("ref"): _ref(self.statement, move),
                    self._column("debt"): f"{number} {self._part(each.component)}",
                    self._column("stated"): self._figure(each.stated_minor),
                    self._column("missing"): self._figure(each.missing_minor),
                }

    def _taken_back(self) -> Iterator[dict[str, Any]]:
        for each in self.statement.taken_back:
            yield {
                self._column("value_on"): each.value_on,
                self._column("what"): self._say("word", each.kind),
                self._column("ref"): each.ref,
                self._column("amount"): self._figure(each.amount_minor),
                self._column("reversed_on"): each.reversed_on,
                self._column("reason"): each.reason,
            }

    # -- sum -------------------------------------------------------------------------------------

    def _sum(self, past_due: PastDue) -> Iterator[str]:
        arrears = self.statement.arrears
        if not arrears or arrears["source"] == NO_ID:
            yield self._say("heading", "nothing")
        elif arrears["source"] == ArrearsSource.REPORTED:
            yield from self._as_reported()
        else:
            yield from self._added_up(past_due)
            yield from self._lateness(past_due)
            if arrears["credit_minor"]:
                yield self._say("line", "credit", amount=self._money(arrears["credit_minor"]))

    def _as_reported(self) -> Iterator[str]:
        arrears = self.statement.arrears
        yield self._say("heading", "reported")
        on = date_of(arrears["reported_on"])
        if not arrears["is_late"]:
            yield self._say("line", "reported_not_late", on=on)
            return
        overdue = arrears["overdue_minor"]
        amount = self._say("line", "unknown") if overdue == UNKNOWN_MINOR else self._money(overdue)
        since, days = date_of(arrears["overdue_since_on"]), arrears["past_due_days"]
        yield self._say("line", "reported", on=on, since=since, days=days, amount=amount)
        yield from self._days()

    def _added_up(self, past_due: PastDue) -> Iterator[str]:
        if not past_due.debts:
            yield self._say("line", "none_past_due", on=self.statement.on)
            return
        summed = " + ".join(self._figure(debt.open_minor) for debt in past_due.debts)
        total = self._money(past_due.total_minor)
        yield self._say("line", "past_due", on=self.statement.on, sum=summed, total=total)
        parts = ", ".join(
            f"{self._part(part)} {self._figure(amount)}"
            for part, amount in past_due.by_part.items()
            if amount
        )
        yield self._say("line", "by_part", parts=parts)

    def _lateness(self, past_due: PastDue) -> Iterator[str]:
        arrears, terms = self.statement.arrears, self.statement.terms
        tolerance = self._money(terms.tolerance_minor)
        if past_due.counting is None:
            if past_due.debts:
                yield self._say("line", "tolerated", tolerance=tolerance)
            yield self._say("line", "not_late")
            return
        debt = past_due.debts[past_due.counting]
        since, name = debt.counted_on, self._name(debt)
        yield self._say("line", "counting", tolerance=tolerance, debt=name, since=since)
        if not arrears["is_late"]:
            until = date.fromordinal(debt.last_on.toordinal() + terms.tolerance_days)
            yield self._say("line", "tolerated_days", until=until)
            return
        yield self._say("line", "late", amount=self._money(arrears["overdue_minor"]))
        days = arrears["past_due_days"]
        yield self._say("line", "past_due_days", on=self.statement.on, since=since, days=days)
        yield from self._days()

    def _days(self) -> Iterator[str]:
        arrears, terms = self.statement.arrears, self.statement.terms
        if terms.grace_days:
            yield self._say("line", "grace", grace=terms.grace_days)
        if arrears["paused_days"]:
            spans = ", ".join(f"{first} – {last}" for first, last in self.statement.pauses)
            yield self._say("line", "pause", days=arrears["paused_days"], spans=spans)
        yield self._say("line", "delinquent", days=arrears["delinquent_days"])
        yield self._say("line", "episode", start=date_of(arrears["episode_start_on"]))

    def _restated(self) -> Iterator[str]:
        now = self.statement.now
        if now is not None:
            then = self._brief(self.statement.arrears)
            yield self._say("line", "restated", then=then, now=self._brief(now))

    def _brief(self, arrears: Mapping[str, int]) -> str:
        if not arrears or not arrears["is_late"]:
            return self._say("line", "not_late").rstrip("。.")
        overdue = arrears["overdue_minor"]
        amount = self._say("line", "unknown") if overdue == UNKNOWN_MINOR else self._money(overdue)
        return f"{amount} / {arrears['past_due_days']}"

    # -- words -----------------------------------------------------------------------------------

    def _say(self, table: str, name: str, **values: object) -> str:
        return self.words.say(table, name, **values)

    def _column(self, name: str) -> str:
        return self._say("column", name)

    def _part(self, part: Part) -> str:
        return self._column(_part_name(part))

    def _name(self, debt: DebtLine) -> str:
        if debt.event is not None:
            kind = self._say("word", self.statement.kinds[debt.event])
            return self._say("word", "added", kind=kind, ref=self.statement.refs[("event", debt.event)])
        return str(debt.number) if debt.number is not None else f"{debt.due_on}"

    def _debt_of(self, trace: Trace, cell: int) -> str:
        return next(self._name(debt) for debt in debts_of(trace) if cell in debt.cells)

    def _money(self, minor: int) -> str:
        return str(Money(minor, self.statement.subject.currency))

    def _figure(self, minor: int) -> str:
        """The amount without its currency, which stands in the heading."""
        return str(Money(minor, self.statement.subject.currency)).partition(" ")[2]


def _what(statement: LoanStatement, move: MoveLine) -> str:
    if move.kind in (Move.FORGIVEN, Move.REFUND) and move.id is not None:
        return statement.kinds[move.id]
    return name_of(move.kind)


def _ref(statement: LoanStatement, move: MoveLine) -> str:
    if move.id is None:
        return ""
    is_payment = move.kind in (Move.PAYMENT, Move.PAYMENT_AS_STATED)
    return statement.refs[("payment" if is_payment else "event", move.id)]


def _part_name(part: Part) -> str:
    return _MINIMUM if part is None else name_of(part)


def _plain(arrears: Mapping[str, int]) -> dict[str, Any]:
    """Codes as words, days as dates, what is not known as null."""
    plain: dict[str, Any] = {}
    for name, value in arrears.items():
        if name.endswith("_on"):
            plain[name] = None if value == NO_DATE else date_of(value)
        elif name.endswith("_minor"):
            plain[name] = None if value == UNKNOWN_MINOR else value
        elif name.startswith(("is_", "amount_known")):
            plain[name] = bool(value)
        elif name not in ("loan", "product", "status"):
            plain[name] = value
    source = arrears.get("source", NO_ID)
    plain["source"] = None if source == NO_ID else name_of(ArrearsSource(source))
    return plain
