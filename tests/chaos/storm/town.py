"""The storm's lender: borrowers with several late loans, and numbers and addresses that they share."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
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


@dataclass
class Town:
    """`loans` and `numbers` are the lender's numbers of its loans, and telephone numbers of its borrowers."""

    lender: models.Organisation
    numbers: list[str]
    loans: list[str] = field(default_factory=list)
    borrowers: int = 0


def a_town(borrowers: int, rng: random.Random, folder: Path) -> Town:
    """Every number belongs to five borrowers or so, and the first one to very many."""
    lender = a_writing_lender()
    a_product(lender)
    town = Town(lender, [f"+8869120{n:05}" for n in range(max(borrowers // 5, 1))])
    fall_behind(town, borrowers, rng)
    _adopt(lender, folder)
    return town


def fall_behind(town: Town, borrowers: int, rng: random.Random) -> None:
    """So many more borrowers, with one to three loans each that are late since the last week."""
    today = clock.now().date()
    for n in range(town.borrowers, town.borrowers + borrowers):
        person = a_person(town.lender)
        if n % 4 in (0, 1):
            number = rng.choice(town.numbers[:1] if n % 8 == 0 else town.numbers)
            a_contact_point(person, "mobile", value=number)
        if n % 4 in (1, 2):
            a_contact_point(person, "email", value=_mailbox(n))
        if n % 4 in (0, 3):
            a_contact_point(person, "app_inbox")
        for _ in range(rng.choice((1, 1, 2, 3))):
            loan = a_loan(town.lender, person)
            a_schedule(loan, today - timedelta(days=rng.randint(1, 6)), today + timedelta(days=30))
            town.loans.append(loan.source_ref)
    town.borrowers += borrowers


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
