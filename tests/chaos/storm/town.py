"""The storm's lender: borrowers with several late loans, and numbers and addresses that they share."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from arrears.actions.laws import adopt_law
from arrears.actions.strategies import adopt_strategy
from arrears.store import clock, models
from tests.actions.sending import ACTOR, a_writing_lender
from tests.builders import (
    LONG_AGO,
    TODAY,
    a_contact_point,
    a_loan,
    a_person,
    a_product,
    a_schedule,
    a_watermark,
)
from tests.chaos.storm.rules import ADOPTED, STRATEGY


@dataclass(frozen=True)
class Town:
    lender: models.Organisation
    loans: tuple[str, ...]
    """The lender's numbers of the loans."""
    numbers: tuple[str, ...]


def a_town(borrowers: int, rng: random.Random, folder: Path) -> Town:
    """Every number belongs to five borrowers or so, and the first one to very many."""
    lender = a_writing_lender()
    a_product(lender)
    loans, numbers = [], [f"+8869120{n:05}" for n in range(max(borrowers // 5, 1))]
    for n in range(borrowers):
        person = a_person(lender)
        if n % 4 in (0, 1):
            a_contact_point(person, "mobile", value=rng.choice(numbers[:1] if n % 8 == 0 else numbers))
        if n % 4 in (1, 2):
            a_contact_point(person, "email", value=_mailbox(n))
        if n % 4 in (0, 3):
            a_contact_point(person, "app_inbox")
        for _ in range(rng.choice((1, 1, 2, 3))):
            loan = a_loan(lender, person)
            a_schedule(loan, TODAY - timedelta(days=rng.randint(1, 6)), TODAY + timedelta(days=30))
            loans.append(loan.source_ref)
    _adopt(lender, folder)
    return Town(lender, tuple(loans), tuple(numbers))


def _mailbox(n: int) -> str:
    """Every eighth is one of three that several have, every tenth does not exist."""
    name = f"gone-{n}" if n % 10 == 2 else f"box-{n if n % 8 else n % 24}"
    return f"{name}@borrower.example"


def books_complete_through(lender: models.Organisation, on: date) -> None:
    told = {"payments_complete_through_on": on, "contacts_known_from_on": LONG_AGO.date()}
    a_watermark(lender, recorded_at=clock.now(), **told)


def _adopt(lender: models.Organisation, folder: Path) -> None:
    file = folder / "storm.toml"
    file.write_text(STRATEGY, encoding="utf-8")
    told = {"lender": lender.pk, "approver": "Wang", "actor": ACTOR, "at": clock.now(), "from_on": TODAY}
    adopt_strategy(source=file, **told)
    adopt_law(jurisdictions=ADOPTED, **told)
