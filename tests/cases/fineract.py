"""Apache Fineract's loans: delinquency, schedules, chargebacks and pauses, lived step by step.

What its tests do becomes facts, what they assert becomes a question about the day it is asked
on, with what is on file then. Translations:

* a charge belongs to the installment in whose period its due day falls, and under an allocation
  list it is due with it; after the last one it stands for itself;
* a chargeback is due on its day; it asks for principal, or for the parts of its payment in the
  product's order; one that credit covers is a refund of that credit;
* a down payment that the system makes itself is a payment on the day the money is paid out;
* a pause ends on its end day, which is not paused, and all pauses count (`since_origination`);
* ranges are compared when the case says that they are current.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from arrears.kernel.arrears.moves import Move
from arrears.kernel.arrears.tracing import CellLine, Trace
from arrears.kernel.days import date_of
from arrears.kernel.facts import NO_DATE
from arrears.kernel.vocabulary import ANY, Component, LoanEventKind, PauseBasis, Surplus
from tests.cases.asking import Asked, NotModelled
from tests.cases.books import Books, Event, Installment, Pause, Payment, minor

Case = dict[str, Any]
Step = dict[str, Any]
_PAID = (Move.PAYMENT, Move.PAYMENT_AS_STATED, Move.USE_KEPT)
_COLUMNS = {
    "principal": Component.PRINCIPAL,
    "interest": Component.INTEREST,
    "fees": Component.FEE,
    "penalties": Component.PENALTY,
}
_STRATEGIES = {
    "PENALTIES_FEES_INTEREST_PRINCIPAL_ORDER": "by_installment: penalty, fee, interest, principal",
    "DUE_PENALTY_FEE_INTEREST_PRINCIPAL_IN_ADVANCE_PRINCIPAL_PENALTY_FEE_INTEREST": (
        "by_installment: past_due penalty, past_due fee, past_due interest, past_due principal,"
        " due penalty, due fee, due interest, due principal,"
        " in_advance principal, in_advance penalty, in_advance fee, in_advance interest"
    ),
    "DUE_PENALTY_INTEREST_PRINCIPAL_FEE_IN_ADVANCE_PENALTY_INTEREST_PRINCIPAL_FEE": (
        "by_installment: penalty, interest, principal, fee"
    ),
}
_SURPLUSES = {"NEXT_INSTALLMENT": Surplus.NEXT, "LAST_INSTALLMENT": Surplus.LAST}


def ask(case: Case) -> Asked:
    """Live the case and answer what it asks. Raises NotModelled."""
    replay = _Replay(case)
    for step in case["steps"]:
        replay.step(step)
    if replay.asked.count == 0:
        raise NotModelled("asks only for refusals, pauses and records of that system")
    return replay.asked


class _Replay:
    def __init__(self, case: Case) -> None:
        loan = case["loan"]
        self.case, self.loan, self.asked = case, loan, Asked()
        self.planned = case["planned_schedule"] or _first_stated(case)
        self.books = Books(
            order=_order(loan),
            surplus=_surplus(loan, "DEFAULT"),
            grace_days=loan["grace_on_ageing_days"],
            pause_basis=PauseBasis.SINCE_ORIGINATION,
            installments=self._installments(),
        )
        self.is_paid_out = False
        self.given_back: dict[int, dict[Component, int]] = {}
        self.rows: dict[int, int] = {}

    def step(self, step: Step) -> None:
        if "do" in step:
            self._do(step)
        else:
            _EXPECTED.get(step["expect"], _not_asked)(self, step, date.fromisoformat(step["at"]))

    # -- what is done ----------------------------------------------------------------------------

    def _do(self, step: Step) -> None:
        done = getattr(self, f"_do_{step['do']}", None)
        if done is not None:
            done(step)
        elif step["do"] not in ("create", "approve", "set_date", "classify", "set_future_rule"):
            raise NotModelled(f"{step['do']} is not expressed")

    def _do_disburse(self, step: Step) -> None:
        on = date.fromisoformat(step["on"])
        self.is_paid_out = True
        if self.loan["down_payment_auto_paid"]:
            first = self.books.installments[0]
            self.books.payments.append(Payment(on, sum(first.amounts.values()), "Down Payment"))

    def _installments(self) -> list[Installment]:
        return [
            Installment(
                number,
                date.fromisoformat(row["due"]),
                {"principal": minor(row["principal"]), "interest": minor(row["interest"])},
            )
            for number, row in enumerate(self.planned, 1)
        ]

    def _do_pay(self, step: Step) -> None:
        kind = step["type"]
        rule = _surplus(self.loan, kind)
        surplus = ANY if rule == self.books.surplus else int(rule)
        on = date.fromisoformat(step["on"])
        self.books.payments.append(Payment(on, minor(step["amount"]), kind, surplus))

    def _do_undo(self, step: Step) -> None:
        on = step["of"].split(" dated ")[1] if " dated " in step["of"] else None
        candidates = [
            each
            for each in sorted(self.books.payments, key=lambda each: each.value_on)
            if (on is None or each.value_on.isoformat() == on)
            and (each.kind == "REPAYMENT" or not step["of"].lower().startswith("repayment"))
        ]
        if " dated " in step["of"] and step["of"].startswith("transactions"):
            candidates = self._all_transactions(date.fromisoformat(str(on)))
        chosen = candidates[step["nth"] - 1 if step["nth"] > 0 else step["nth"]]
        if chosen is None or chosen.is_reversed:
            raise NotModelled("the transaction to undo is not one of ours")
        chosen.is_reversed = True

    def _all_transactions(self, on: date) -> list[Any]:
        """Transactions of a day as that system numbers them: paying out is the first of its day."""
        opened = self.case["steps"]
        paid_out = [None for s in opened if s.get("do") == "disburse" and s["on"] == on.isoformat()]
        return [*paid_out, *(each for each in self.books.payments if each.value_on == on)]

    def _do_charge(self, step: Step) -> None:
        if "amount" not in step:
            raise NotModelled("a charge in per cent of what is owed")
        due_on, at = date.fromisoformat(step["due"]), date.fromisoformat(step["at"])
        component = Component.PENALTY if step["kind"] == "penalty" else Component.FEE
        self._add(LoanEventKind.CHARGE, min(at, due_on), due_on, {component: minor(step["amount"])})

    def _do_chargeback(self, step: Step) -> None:
        """What credit covers wholly is given back out of it; else the amount is owed again, at once."""
        on, amount = date.fromisoformat(step["at"]), minor(step["amount"])
        if self._arrears(on)["credit_minor"] >= amount and not self.loan["chargeback_order"]:
            self.books.events.append(Event(LoanEventKind.REFUND, on, amount))
        else:
            self._add(LoanEventKind.CHARGEBACK, on, on, self._parts_given_back(step, amount))

    def _parts_given_back(self, step: Step, amount: int) -> dict[Component, int]:
        order = self.loan["chargeback_order"]
        if not order:
            return {Component.PRINCIPAL: amount}
        live = [n for n, each in enumerate(self.books.payments) if not each.is_reversed]
        which = live[-1] if step["of"] == "the repayment made last" else int(step["of"].split()[-1]) - 1
        trace = self.books.trace(date.fromisoformat(step["at"]))
        paid = _parts(trace, next(each for each in trace.moves if each.id == which and each.kind in _PAID))
        given_back, parts = self.given_back.setdefault(which, {}), {}
        for name in order:
            component = Component[name.upper()]
            left = paid.get(component, 0) - given_back.get(component, 0)
            parts[component] = min(amount - sum(parts.values()), left)
        parts[Component.PRINCIPAL] = parts.get(Component.PRINCIPAL, 0) + amount - sum(parts.values())
        for component, part in parts.items():
            given_back[component] = given_back.get(component, 0) + part
        return {component: part for component, part in parts.items() if part}

    def _add(self, kind: LoanEventKind, value_on: date, period_of: date, parts: dict[Component, int]) -> None:
        """Due with the installment in whose period the day falls; after the last one, on the day."""
        regular = self.books.installments[1 if self.loan["down_payment_pct"] else 0 :]
        row = next((each.number for each in regular if each.due_on >= period_of), ANY)
        number = row if kind == LoanEventKind.CHARGE else ANY
        for component, amount in parts.items():
            self.rows[len(self.books.events)] = row  # where that system shows it
            due_on = self._due_day(row) if number != ANY and self._is_due_with_row else period_of
            event = Event(kind, value_on, amount, int(component), number=number, due_on=due_on)
            self.books.events.append(event)

    @property
    def _is_due_with_row(self) -> bool:
        """Under an allocation list that system takes a charge as due with its installment."""
        return bool(self.loan["strategy"] == "ADVANCED_PAYMENT_ALLOCATION")

    def _due_day(self, row: int) -> date:
        return self.books.installments[row - 1].due_on

    def _do_write_off(self, step: Step) -> None:
        on = date.fromisoformat(step.get("on", step["at"]))
        open_ = self._arrears(on)["outstanding_minor"]
        if open_:
            self.books.events.append(Event(LoanEventKind.WRITE_OFF, on, open_))

    def _do_waive_charge(self, step: Step) -> None:
        charge = [each for each in self.books.events if each.kind == LoanEventKind.CHARGE][-1]
        on = date.fromisoformat(step["at"])
        self.books.events.append(
            Event(LoanEventKind.WAIVER, on, charge.amount, charge.component, charge.number)
        )

    def _do_refund_credit(self, step: Step) -> None:
        on = date.fromisoformat(step["on"])
        self.books.events.append(Event(LoanEventKind.REFUND, on, minor(step["amount"])))

    def _do_charge_off(self, step: Step) -> None:
        on = date.fromisoformat(step["on"])
        self.books.events.append(Event(LoanEventKind.CHARGE_OFF, on, 1))

    def _do_undo_charge_off(self, _: Step) -> None:
        for each in self.books.events:
            each.is_reversed |= each.kind == LoanEventKind.CHARGE_OFF

    def _do_pause(self, step: Step) -> None:
        first_on, end_on = (date.fromisoformat(step[key]) for key in ("start", "end"))
        self.books.pauses.append(Pause(first_on, end_on))

    def _do_resume(self, step: Step) -> None:
        on = date.fromisoformat(step["start"])
        running = [each for each in self.books.pauses if each.first_on <= on <= each.end_on]
        running[-1].end_on = on

    def _do_reschedule(self, step: Step) -> None:
        """From one installment on, all move with the first of them, in the contract's steps."""
        if "adjustedDueDate" not in step:
            raise NotModelled("a payment holiday, of which only the new terms are stated")
        moved = [
            each
            for each in self.books.installments
            if each.due_on >= date.fromisoformat(step["rescheduleFromDate"])
        ]
        first_on = date.fromisoformat(step["adjustedDueDate"])
        for steps, each in enumerate(moved):
            each.due_on = _later(first_on, self.loan, steps)

    # -- what is asked ---------------------------------------------------------------------------

    def expect_loan_delinquency(self, step: Step, on: date) -> None:
        ours = self._arrears(on)
        self.asked.same("overdue", minor(step["amount"]), ours["overdue_minor"])
        since = None
        if ours["overdue_since_on"] != NO_DATE:
            since = date_of(ours["overdue_since_on"]) + timedelta(days=self.books.grace_days)
        self.asked.same("since", step["since"], None if since is None else since.isoformat())
        self.asked.same("past-due days", step["past_due_days"], ours["past_due_days"])
        self.asked.same("delinquent days", step["delinquent_days"], ours["delinquent_days"])
        self._expect_range(step, ours["delinquent_days"])

    def expect_delinquency_range(self, step: Step, on: date) -> None:
        self._expect_range(step, self._arrears(on)["delinquent_days"])

    def _expect_range(self, step: Step, delinquent_days: int) -> None:
        if step["range_fresh"] and not step["in_pause"]:
            self.asked.same("range", step["range"], self._range(delinquent_days))

    def expect_instalment_delinquency(self, step: Step, on: date) -> None:
        if not (step["range_fresh"] and not step["in_pause"]):
            return
        expected = {row["range"]: minor(row["amount"]) for row in step["rows"] or ()}
        self.asked.same("installments by range", expected, self._installment_ranges(on))

    def _installment_ranges(self, on: date) -> dict[str, int]:
        """What is overdue by the range of its own days; nothing before the loan is past its grace."""
        ours, found = self._arrears(on), {}
        for cell in self.books.trace(on).cells if ours["delinquent_days"] else ():
            days = (on - cell.due_on).days - self._paused_days(on)
            name = self._range(days) if cell.last_on < on else None
            if name is not None and cell.open_minor:
                found[name] = found.get(name, 0) + cell.open_minor
        return found

    def _paused_days(self, on: date) -> int:
        """All of them, as that system takes them off every installment."""
        days = {
            day
            for pause in self.books.pauses
            for day in range(pause.first_on.toordinal(), pause.end_on.toordinal())
        }
        return len([day for day in days if day < on.toordinal()])

    def _range(self, days: int) -> str | None:
        for each in self.loan["ranges"]:
            if each["min"] <= days <= (each["max"] or days):
                return str(each["name"])
        return None

    def expect_overdue_total(self, step: Step, on: date) -> None:
        self.asked.same("overdue", minor(step["amount"]), self._arrears(on)["overdue_minor"])

    def expect_outstanding(self, step: Step, on: date) -> None:
        ours = self._arrears(on)["outstanding_minor"] if self.is_paid_out else 0
        self.asked.same("outstanding", minor(step["amount"]), ours)

    def expect_overpaid(self, step: Step, on: date) -> None:
        self.asked.same("overpaid", minor(step["amount"]), self._arrears(on)["credit_minor"])

    def expect_status(self, step: Step, on: date) -> None:
        if self.is_paid_out and step["value"] in ("ACTIVE", "CLOSED_OBLIGATIONS_MET", "OVERPAID"):
            ours = self._arrears(on)
            is_open = ours["outstanding_minor"] > 0
            closed = "OVERPAID" if ours["credit_minor"] > 0 else "CLOSED_OBLIGATIONS_MET"
            self.asked.same("status", step["value"], "ACTIVE" if is_open else closed)

    def expect_schedule(self, step: Step, on: date) -> None:
        trace, numbered = self.books.trace(on), [row for row in step["rows"] if row["nr"] is not None]
        for row in numbered:
            cells = [n for n, cell in enumerate(trace.cells) if self._row(cell) == row["nr"]]
            for name, ours in self._figures(trace, cells).items():
                if row.get(name) is not None:
                    expected = row[name] if name in ("due", "paid_on") else minor(row[name])
                    self.asked.same(f"installment {row['nr']} {name}", expected, ours)

    def expect_schedule_total(self, step: Step, on: date) -> None:
        trace = self.books.trace(on)
        for name, ours in self._figures(trace, list(range(len(trace.cells)))).items():
            if step.get(name) is not None and name not in ("due", "paid_on"):
                self.asked.same(f"all installments {name}", minor(step[name]), ours)

    def expect_transactions(self, step: Step, on: date) -> None:
        trace = self.books.trace(on)
        types = {
            "Repayment": "REPAYMENT",
            "Down Payment": "Down Payment",
            "Goodwill Credit": "GOODWILL_CREDIT",
            "Merchant Issued Refund": "MERCHANT_ISSUED_REFUND",
            "Payout Refund": "PAYOUT_REFUND",
        }
        known = [
            (row["date"], types[row["type"]], *(minor(row[name]) for name in ("amount", *_COLUMNS)))
            for row in step["rows"]
            if row["type"] in types and not row.get("reverted")
        ]
        ours = []
        for move in trace.moves:
            if move.kind in (Move.PAYMENT, Move.PAYMENT_AS_STATED) and move.id is not None:
                parts = _parts(trace, move)
                split = [parts.get(component, 0) for component in _COLUMNS.values()]
                kind = self.books.payments[move.id].kind
                ours.append((move.value_on.isoformat(), kind, move.amount_minor, *split))
        expected = _without_reversed(known, self.books.payments)
        self.asked.same("what each payment paid", sorted(expected), sorted(ours))

    def _figures(self, trace: Trace, cells: list[int]) -> dict[str, object]:
        """The figures of some cells, in the words of that system."""
        lines = [trace.cells[cell] for cell in cells]
        takings = list(_takings(trace, cells))
        settled = [move.value_on for move in trace.moves for each in move.taken if each.cell in cells]
        is_paid = all(line.open_minor == 0 for line in lines)
        parts = {
            name: sum(line.amount_minor for line in lines if line.component is component)
            for name, component in _COLUMNS.items()
        }
        return {
            "due": max((self._due_on(line) for line in lines), default=date.min).isoformat(),
            **parts,
            "total": sum(parts.values()),
            "paid": sum(line.paid_minor for line in lines),
            "in_advance": sum(each.amount for each in takings if each.on < self._due_on(each.cell)),
            "late": sum(each.amount for each in takings if each.on > self._due_on(each.cell)),
            "outstanding": sum(line.open_minor for line in lines),
            "paid_on": max(settled).isoformat() if is_paid and settled else None,
        }

    def _due_on(self, cell: CellLine) -> date:
        """That system shows a charge in the row of its installment, with the installment's due day."""
        row = self._row(cell)
        return cell.due_on if row > len(self.books.installments) else self.books.installments[row - 1].due_on

    def _row(self, cell: CellLine) -> int:
        """The row that system shows a cell in; after the schedule's rows stands one for the rest."""
        number = self.rows[cell.event] if cell.event is not None else cell.number
        return len(self.books.installments) + 1 if number in (None, ANY) else int(number)

    def _arrears(self, on: date) -> dict[str, Any]:
        assert self.is_paid_out, "nothing is owed before the money is paid out"
        return self.books.arrears(on)


def _not_asked(*_: object) -> None:
    """Pauses, actions and refusals are what we are given; the others are records of that system."""


_EXPECTED: dict[str, Callable[[_Replay, Step, date], None]] = {
    name.removeprefix("expect_"): getattr(_Replay, name)
    for name in vars(_Replay)
    if name.startswith("expect_")
}


@dataclass(frozen=True)
class _Taking:
    on: date
    cell: CellLine
    amount: int


def _takings(trace: Trace, cells: list[int]) -> Iterator[_Taking]:
    for move in trace.moves:
        for taken in move.taken:
            if taken.cell in cells and move.kind in (*_PAID, Move.REFUND):
                yield _Taking(move.value_on, trace.cells[taken.cell], taken.amount_minor)


def _first_stated(case: Case) -> list[Step]:
    """The schedule of the first table: charges stand in columns of their own, chargebacks do not."""
    for step in case["steps"]:
        if step.get("do") == "chargeback":
            break
        if step.get("expect") == "schedule":
            return [row for row in step["rows"] if row["nr"] is not None]
    raise NotModelled("no schedule is stated from which the loan starts")


def _without_reversed(rows: list[tuple[Any, ...]], payments: list[Payment]) -> list[tuple[Any, ...]]:
    """Some lists of that system still show a transaction that was undone, unmarked."""
    left = list(rows)
    for each in payments:
        mine = [row for row in left if row[:3] == (each.value_on.isoformat(), each.kind, each.amount)]
        live = [
            other
            for other in payments
            if not other.is_reversed
            and (other.value_on, other.kind, other.amount) == (each.value_on, each.kind, each.amount)
        ]
        if each.is_reversed and len(mine) > len(live):
            left.remove(mine[0])
    return left


def _parts(trace: Trace, move: Any) -> dict[Component, int]:
    parts: dict[Component, int] = {}
    for taken in move.taken:
        component = trace.cells[taken.cell].component
        parts[component] = parts.get(component, 0) + taken.amount_minor
    return parts


def _order(loan: Case) -> str:
    if loan["allocation"]:
        kind = "by_component" if loan["vertical"] else "by_installment"
        return f"{kind}: {', '.join(loan['allocation'])}"
    return _STRATEGIES[loan["strategy"]]


def _surplus(loan: Case, kind: str) -> Surplus:
    """Spreading what is left over all installments is not modelled; such money goes to the next one."""
    rules = loan["future_rule"] or {}
    return _SURPLUSES.get(rules.get(kind, rules.get("DEFAULT")), Surplus.NEXT)


def _later(first_on: date, loan: Case, steps: int) -> date:
    if loan["repay_unit"] == "DAYS":
        return first_on + timedelta(days=loan["repay_every"] * steps)
    months = first_on.month - 1 + loan["repay_every"] * steps
    return first_on.replace(year=first_on.year + months // 12, month=months % 12 + 1)
