"""One loan on one day: what is owed in which parts, what paid it, and money nothing took."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from arrears.kernel.vocabulary import Component
from tests.kernel.arrears.books import Books, Event, Part, Statement, Terms

FAR = 10**9
FORGIVES = ("waiver", "statement")


@dataclass
class Cell:
    """One component of one debt. Component None: of a statement's minimum."""

    component: Component | None
    amount: int
    paid: int = 0
    forgiven: int = 0

    @property
    def open(self) -> int:
        return self.amount - self.paid - self.forgiven


@dataclass
class Debt:
    """An installment, an added debt (`event` is its event) or a statement's minimum."""

    due_on: int
    payable_until_on: int
    number: int | None
    cells: list[Cell]
    event: Event | None = None
    statement: Statement | None = None
    installment_due_on: int | None = None

    @property
    def belongs_on(self) -> int:
        """The due day of the installment it was added to, else its own."""
        return self.due_on if self.installment_due_on is None else self.installment_due_on

    @property
    def counted_on(self) -> int:
        """The day that late days count from."""
        return max(self.due_on, self.belongs_on)

    @property
    def amount(self) -> int:
        return sum(cell.amount for cell in self.cells)

    @property
    def open(self) -> int:
        return sum(cell.open for cell in self.cells)

    @property
    def name(self) -> tuple[int | None, ...]:
        """Unique in a loan: its number, the event that added it, and the day since which it is there."""
        since = self.event.value_on if self.event else self.statement.statement_on if self.statement else None
        return self.number, self.event.id if self.event else None, since

    @property
    def place(self) -> tuple[int, ...]:
        number = FAR if self.number is None else self.number
        came = (1, self.event.value_on, self.event.ordinal) if self.event else (0, 0, 0)
        return self.belongs_on, number, *came

    def is_with(self, other: Debt) -> bool:
        """Both belong to the same installment."""
        return self.number is not None and (self.belongs_on, self.number) == (other.belongs_on, other.number)


@dataclass(frozen=True)
class Move:
    """`amount` of one component of a debt paid (less than zero: un-paid) or forgiven on a day.

    By is "payment", "credit", "waiver", "refund" or "statement"; `id` is that of the payment or
    event, None for the others.
    """

    value_on: int
    by: str
    id: int | None
    debt: Debt
    component: Component | None
    amount: int


@dataclass(frozen=True)
class Difference:
    payment: int
    part: Part
    taken: int


@dataclass(frozen=True)
class Late:
    """A loan that is late on a day: which debt the days count from, and all that is past due."""

    since: Debt
    overdue: int
    by_component: dict[Component | None, int]


@dataclass
class Ledger:
    """One loan on one day. `dropped` is money that paid nothing and never will."""

    books: Books
    terms: Terms
    debts: list[Debt]
    free: int = 0
    held: int = 0
    dropped: int = 0
    given_back: int = 0
    moves: list[Move] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    late_on: dict[int, Late] = field(default_factory=dict)

    def take(self, money: int, cells: Iterable[tuple[Debt, Cell]], day: int, by: str, source: int | None):
        """Pay (or forgive) cell after cell; what is left is returned."""
        for debt, cell in cells:
            taken = min(money, cell.open)
            if taken > 0:
                money -= taken
                cell.forgiven += taken if by in FORGIVES else 0
                cell.paid += 0 if by in FORGIVES else taken
                self.moves.append(Move(day, by, source, debt, cell.component, taken))
        return money
