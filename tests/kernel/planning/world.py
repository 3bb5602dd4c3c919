"""A small lender in plain values: people with contact points and loans, and a house law.

`World` holds rows as Python objects, so that tests can say what happens day by day; `facts()`
turns them into the columns that the kernel reads.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from arrears.kernel.arrears.orders import DEFAULT_ORDER
from arrears.kernel.days import DAY, HOUR
from arrears.kernel.facts import NEVER, NO_DATE, NO_ID, UNKNOWN_MINOR, Facts, facts_of
from arrears.kernel.law.rules import Effect, Law, Rule, Strength
from arrears.kernel.vocabulary import (
    ANY,
    ActorKind,
    Arrival,
    Channel,
    CreditorLicence,
    DebtKind,
    Direction,
    NetworkResult,
    PauseBasis,
    PointKind,
    PointSource,
    RecipientKind,
    ReportedStatus,
    Surplus,
    Voice,
)
from arrears.rulepacks.zones import ZONES

TAIPEI = "Asia/Taipei"
LENDER = 1
OFFSET = 8 * HOUR  # Taipei has kept UTC+8 without a change of clock since 1979
APP, EMAIL = PointKind.APP_INBOX, PointKind.EMAIL


def midnight(day: int) -> int:
    """The first instant of a civil day in Taipei."""
    return day * DAY - OFFSET


def a_rule(rule_id, kind, *, effect=Effect.HARD, match=None, releases_by="", **params) -> Rule:
    return Rule(
        id=rule_id,
        kind=kind,
        jurisdiction="test",
        match=match or {},
        params=params,
        strength=Strength.MUST_NOT,
        effect=effect,
        citation="none",
        certainty="A",
        is_uncertain=False,
        about={},
        releases_by=releases_by,
    )


HOURS = a_rule("t.hours", "hours", **{"from": "08:00", "to": "20:00"})
DAILY = a_rule("t.daily", "count", scope="person", counts="contact", max=1, unit="civil_days", length=1)
PER_ADDRESS = a_rule(
    "t.address", "count", scope="value", counts="contact", max=2, unit="civil_days", length=1
)
OPT_OUT = a_rule("t.opt-out", "opt_out")
HOLD = a_rule("t.hold", "hold")
DEAD = a_rule("t.dead", "dead_point")
AMOUNT = a_rule("t.amount", "require", fact="amount", releases_by="amount")
BOOKS = a_rule("t.books", "complete_books")
REPORT = a_rule("t.report", "require", fact="report", releases_by="report")
HOUSE = (HOURS, DAILY, OPT_OUT, HOLD, DEAD, AMOUNT, BOOKS, REPORT)


def a_law(*extra: Rule, rules=HOUSE) -> Law:
    return Law((*rules, *extra), (), "test", ZONES, "test")


@dataclass
class World:
    """Rows by table; ids are given by the test or counted up."""

    through_on: int = 10**5
    people: dict[int, None] = field(default_factory=dict)
    points: list[dict] = field(default_factory=list)
    loans: dict[int, int] = field(default_factory=dict)  # loan -> borrower
    reports: dict[tuple[int, int], dict] = field(default_factory=dict)
    contacts: list[dict] = field(default_factory=list)
    contact_loans: list[dict] = field(default_factory=list)
    done: list[dict] = field(default_factory=list)
    opt_outs: list[dict] = field(default_factory=list)
    holds: list[dict] = field(default_factory=list)
    payments: list[dict] = field(default_factory=list)
    parties: list[dict] = field(default_factory=list)  # beside the borrowers
    installments: list[dict] = field(default_factory=list)
    products: list[dict] = field(default_factory=list)  # terms, one row per loan at most
    closed: set[int] = field(default_factory=set)
    orders: list[str] = field(default_factory=list)
    events: list[dict] = field(default_factory=list)
    statements: list[dict] = field(default_factory=list)
    arrivals: list[dict] = field(default_factory=list)

    def person(self, person: int, *points: tuple[PointKind, int]) -> int:
        """A person with contact points (kind, value), in this order."""
        self.people[person] = None
        for kind, value in points:
            self.points.append(
                {
                    "point": 1000 + len(self.points),
                    "person": person,
                    "kind": kind,
                    "value": value,
                    "source": PointSource.CONTRACT,
                    "dead_from_at": NEVER,
                    "owner": 0,
                    "place": -1,
                }
            )
        return person

    def loan(self, loan: int, borrower: int) -> int:
        self.loans[loan] = borrower
        return loan

    def also(
        self, loan: int, person: int, role: RecipientKind, *, from_on: int = 0, until_on: int = NO_DATE
    ) -> None:
        """Somebody who is something to the loan beside its borrower."""
        self.parties.append(
            {"loan": loan, "person": person, "role": role, "from_on": from_on, "until_on": until_on}
        )

    def kill(self, value: int) -> None:
        """An address that is known not to reach anybody."""
        for point in self.points:
            if point["value"] == value:
                point["dead_from_at"] = 0

    def came(self, value: int, channel: Channel, sign: Arrival, *instants: int) -> None:
        """What came of contacts at an address, one at each instant."""
        self.arrivals += [
            {"value": value, "at": at, "channel": channel, "contact": NO_ID, "sign": sign} for at in instants
        ]

    def installment(self, loan: int, due_on: int, *, amount: int = 1000) -> None:
        """The next installment of the loan's schedule."""
        parts = {f"{name}_minor": 0 for name in ("interest", "fee", "penalty")}
        number = 1 + sum(each["loan"] == loan for each in self.installments)
        row = {"loan": loan, "due_on": due_on, "number": number, "payable_until_on": due_on}
        self.installments.append({**row, "principal_minor": amount, **parts})

    def pay(self, loan: int, on: int, *, amount: int = 1000) -> None:
        number = len(self.payments)
        row = {"loan": loan, "value_on": on, "ordinal": number, "payment": number, "amount_minor": amount}
        self.payments.append({**row, "surplus": ANY, "recorded_at": 0})

    def terms(self, loan: int, *, tolerance: int = 0, grace: int = 0) -> None:
        """What the loan's product tolerates; the oldest installment is paid first."""
        days = {"tolerance_days": 0, "grace_days": grace, "pause_basis": PauseBasis.OVERLAP}
        row = {"loan": loan, "product": 0, "tolerance_minor": tolerance, **days}
        self.products.append({**row, "order": self._order(DEFAULT_ORDER), "surplus": Surplus.NEXT})

    def _order(self, order: str) -> int:
        if order not in self.orders:
            self.orders.append(order)
        return self.orders.index(order)

    def report(self, loan, as_of_on, *, since=None, overdue=1000, statement=5000):
        """What the core system says for a day; `since` None is "not late". Restates silently."""
        is_late = since is not None
        self.reports[(loan, as_of_on)] = {
            "status": ReportedStatus.LATE if is_late else ReportedStatus.PAID_IN_FULL,
            "months_late": 1 if is_late else 0,
            "overdue_since_on": since if is_late else NO_DATE,
            "overdue_minor": overdue if is_late else UNKNOWN_MINOR,
            "statement_minor": statement,
        }

    def schedule(self, loan, *due_on, principal=1000, interest=0, payable_days=0, order=None, **terms):
        """Equal installments on these days, each payable some days longer; terms of its product."""
        for number, on in enumerate(due_on, 1):
            self.installments.append(
                {
                    "loan": loan,
                    "due_on": on,
                    "number": number,
                    "payable_until_on": on + payable_days,
                    "principal_minor": principal,
                    "interest_minor": interest,
                    "fee_minor": 0,
                    "penalty_minor": 0,
                }
            )
        self._terms(loan, order, terms)

    def statement(self, loan, on, *, minimum, due_days=15, includes_unpaid=False):
        """A statement of revolving credit."""
        self.statements.append(
            {
                "loan": loan,
                "statement_on": on,
                "due_on": on + due_days,
                "payable_until_on": on + due_days,
                "balance_minor": 10 * minimum,
                "minimum_due_minor": minimum,
                "minimum_includes_unpaid": includes_unpaid,
            }
        )

    def event(self, loan, on, kind, amount, *, due_on=NO_DATE, number=ANY):
        """A change of what is owed that is no payment."""
        self.events.append(
            {
                "loan": loan,
                "value_on": on,
                "ordinal": len(self.events),
                "event": len(self.events) + 1,
                "kind": kind,
                "amount_minor": amount,
                "due_on": due_on,
                "number": number,
                "component": ANY,
            }
        )

    def payment(self, loan, on, amount):
        """Money with value on a day."""
        self.payments.append(
            {
                "loan": loan,
                "value_on": on,
                "ordinal": len(self.payments),
                "payment": len(self.payments) + 1,
                "amount_minor": amount,
                "surplus": ANY,
                "recorded_at": 0,
            }
        )

    def _terms(self, loan, order, terms):
        usual = {"tolerance_minor": 0, "tolerance_days": 0, "grace_days": 0}
        usual |= {"pause_basis": PauseBasis.OVERLAP, "surplus": Surplus.NEXT}
        row = {"loan": loan, "product": 0, "order": self._order(order or DEFAULT_ORDER)}
        self.products.append({**row, **usual, **terms})

    def opt_out(self, person, channel=ANY, *, from_at=0, value=NO_ID):
        self.opt_outs.append(
            {
                "person": person,
                "value": value,
                "channel": channel,
                "from_at": from_at,
                "until_at": NEVER,
            }
        )

    def hold(self, loan, *, stops, from_at=0, until_at=NEVER, reason=0):
        self.holds.append(
            {
                "hold": len(self.holds) + 1,
                "loan": loan,
                "person": NO_ID,
                "reason": reason,
                "stops": int(stops),
                "from_at": from_at,
                "until_at": until_at,
            }
        )

    def attempt(self, at, person, value, channel, loans):
        """A contact that was made and not answered."""
        contact = len(self.contacts) + 1
        is_call = channel == Channel.CALL
        self.contacts.append(
            {
                "contact": contact,
                "at": at,
                "person": person,
                "value": value,
                "channel": channel,
                "direction": Direction.OUT,
                "network_result": NetworkResult.RANG_OUT if is_call else NetworkResult.NONE,
                "is_conversation": False,
                "voice": Voice.PERSON if is_call else NO_ID,
            }
        )
        for loan in sorted(loans):
            self.contact_loans.append({"contact": contact, "loan": loan, "is_discussed": False})

    def step_done(self, loan, step, on, *, person=None, is_superseded=False):
        self.done.append(
            {
                "loan": loan,
                "done_on": on,
                "rank": step.rank,
                "person": self.loans[loan] if person is None else person,
                "track": int(step.track),
                "is_superseded": is_superseded,
            }
        )

    def facts(self) -> Facts:
        tables = {
            "person": [
                {"person": person, "zones": 1, "places": 1, "is_place_known": True} for person in self.people
            ],
            "lender": [
                {
                    "lender": LENDER,
                    "payments_complete_through_on": self.through_on,
                    "contacts_known_from_on": NO_DATE,
                    "zone": 0,
                    "actor_kind": ActorKind.ORIGINAL_CREDITOR,
                    "licence": CreditorLicence.BANK,
                }
            ],
            "loan": [
                {**_loan(loan, borrower), "is_closed": loan in self.closed}
                for loan, borrower in self.loans.items()
            ],
            "party": [
                {
                    "loan": loan,
                    "person": borrower,
                    "role": RecipientKind.BORROWER,
                    "from_on": 0,
                    "until_on": NO_DATE,
                }
                for loan, borrower in self.loans.items()
            ]
            + self.parties,
            "point": self.points,
            "report": [
                {"loan": loan, "as_of_on": on, **report} for (loan, on), report in self.reports.items()
            ],
            "contact": self.contacts,
            "contact_loan": self.contact_loans,
            "step_done": self.done,
            "opt_out": self.opt_outs,
            "hold": self.holds,
            "payment": self.payments,
            "installment": self.installments,
            "terms": self.products,
            "loan_event": self.events,
            "statement": self.statements,
            "arrival": self.arrivals,
        }
        columns = {
            name: {column: [row[column] for row in rows] for column in rows[0]}
            for name, rows in tables.items()
            if rows
        }
        return facts_of(
            columns,
            known_at=0,
            zones=(TAIPEI,),
            places=("TW",),
            zone_sets=((), (0,)),
            place_sets=((), (0,)),
            currencies=("TWD",),
            products=("P",),
            orders=tuple(self.orders),
        )


def _loan(loan: int, borrower: int) -> dict:
    return {
        "loan": loan,
        "lender": LENDER,
        "borrower": borrower,
        "debt": loan,
        "debt_kind": DebtKind.CREDIT_CARD,
        "law_place": 0,
        "contact_group": borrower,
        "is_closed": False,
        "currency": 0,
        "risk": NO_ID,
        "opened_on": NO_DATE,
    }
