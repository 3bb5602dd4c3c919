"""Simulating the current strategy over days that were really run gives what was really planned."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from arrears.actions.databases import create_database
from arrears.actions.days import run_day
from arrears.actions.feeds.importing import import_folder
from arrears.actions.holds import place_hold
from arrears.actions.lenders import create_lender
from arrears.actions.opt_outs import record_opt_out
from arrears.actions.simulations import Side, find_currency, refs_of, simulate
from arrears.demo.books import write_books
from arrears.kernel.days import date_of, day_of
from arrears.kernel.errors import BadInput, NotPossible
from arrears.kernel.planning.lived import Fate, Lived, live_period
from arrears.kernel.vocabulary import Channel, name_of
from arrears.rulepacks import load_law
from arrears.store import models
from arrears.store.facts import load_facts
from arrears.strategies import load_strategy
from tests.actions.lives import deliver
from tests.builders import LONG_AGO, NOW, TODAY, a_lender, a_loan, a_person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SAMPLE, LAW = load_strategy("sample"), load_law()
CURRENT = Side(SAMPLE, LAW)
ACTOR = "program:test"
FIRST, LAST = date(2026, 5, 18), date(2026, 5, 29)
DATED = {"payments": "value_on", "reversals": "reversed_on", "loan_events": "value_on"}
ZONE = ZoneInfo("Asia/Shanghai")


# -- days as they were lived ---------------------------------------------------------------------


@dataclass(frozen=True)
class Books:
    """The files of a delivery as rows; what has a day comes with the delivery of that day."""

    rows: dict[str, list[dict[str, str]]]

    def until(self, on: date) -> dict[str, list[dict[str, str]]]:
        """Everything through this day."""
        return {name: [row for row in rows if self._day(name, row) <= on] for name, rows in self.rows.items()}

    def of(self, on: date) -> dict[str, list[dict[str, str]]]:
        """Only what this day brought."""
        return {name: [row for row in self.rows[name] if self._day(name, row) == on] for name in DATED}

    def _day(self, name: str, row: dict[str, str]) -> date:
        return date.fromisoformat(row[DATED[name]]) if name in DATED else date.min


def read_books(folder: Path) -> Books:
    return Books(
        {
            path.stem: list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
            for path in sorted(folder.glob("*.csv"))
        }
    )


def hand_over(folder: Path, rows: dict[str, list[dict[str, str]]], *, through_on: date) -> None:
    """Write these rows as the delivery of a day, and import it early next morning."""
    folder.mkdir()
    manifest = [f"business_date = {through_on}", f"payments_complete_through = {through_on}"]
    for name in (name for name in rows if rows[name]):
        path = folder / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[name][0]))
            writer.writeheader()
            writer.writerows(rows[name])
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        manifest += ["[[file]]", f'feed = "{name}"', f'path = "{path.name}"', f"rows = {len(rows[name])}"]
        manifest += [f'sha256 = "{digest}"']
    (folder / "manifest.toml").write_text("\n".join(manifest) + "\n", encoding="utf-8")
    report = import_folder(
        folder=folder, lender=None, actor=ACTOR, at=local(through_on + timedelta(days=1), 0, 10)
    )
    assert (report.state, report.rows_rejected) == ("stored", 0)


def local(on: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(on, time(hour, minute), ZONE)


@pytest.fixture
def lender(tmp_path: Path) -> int:
    """An invented lender that has run twelve days, every planned contact made at its instant."""
    write_books(tmp_path / "books", loans=260, seed=5, on=LAST)
    books = read_books(tmp_path / "books")
    before = FIRST - timedelta(days=1)
    create_database(kind="simulation", actor=ACTOR, at=LONG_AGO)
    lender = create_lender(
        name="Example Bank", country="CN", zone="Asia/Shanghai", actor=ACTOR, at=LONG_AGO
    ).id
    hand_over(tmp_path / "first", books.until(before), through_on=before)
    for number in range((LAST - FIRST).days + 1):
        on = FIRST + timedelta(days=number)
        run_day(lender=lender, on=on, strategy=SAMPLE, law=LAW, actor=ACTOR, at=local(on, 0, 20))
        for planned in models.PlannedContact.objects.filter(planned_for_on=on).order_by("id"):
            deliver(planned)
        if on == FIRST + timedelta(days=2):
            react(lender, on)
        hand_over(tmp_path / str(on), books.of(on), through_on=on)
    return lender


def react(lender: int, on: date) -> None:
    """In the afternoon four of those contacted so far switch e-mail off, four object."""
    told = models.PlannedContact.objects.filter(state="sent").order_by("id")
    persons = list(dict.fromkeys(told.values_list("person_id", flat=True)))[:8]
    for person in persons[:4]:
        record_opt_out(
            lender=lender,
            person=person,
            value_key=None,
            channel="email",
            told_by="call",
            actor=ACTOR,
            at=local(on, 15),
        )
    for loan in models.LoanParty.objects.filter(person_id__in=persons[4:]).values_list("loan_id", flat=True):
        place_hold(
            lender=lender,
            loan=loan,
            reason="dispute",
            shown_reason="We are looking into it.",
            stops=["notices", "calls", "ageing"],
            until_at=local(on + timedelta(days=3), 15),
            actor=ACTOR,
            at=local(on, 15),
        )


def really_planned() -> set[tuple[date, int, int, str, str]]:
    """(day, loan, person, step, channel) of everything told in a contact that was made."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT planned.planned_for_on, told.loan_id, told.person_id, told.step, planned.channel"
            "  FROM planned_contact AS planned"
            "  JOIN planned_contact_loan AS told ON told.planned_contact_id = planned.id"
            " WHERE planned.state = 'sent'"
        )
        return set(cursor.fetchall())


def simulated(lived: Lived) -> set[tuple[date, int, int, str, str]]:
    dues = lived.dues
    told = (dues.fate == Fate.TOLD).nonzero()[0]
    return {
        (
            date_of(dues.on[n]),
            int(lived.loans[dues.row[n]]),
            int(dues.person[n]),
            SAMPLE.steps[dues.step[n]].id,
            name_of(Channel(lived.contacts.channel[dues.contact[n]])),
        )
        for n in told.tolist()
    }


def taken_back_since() -> set[int]:
    """Loans of which a payment that came in time is known by now to have been taken back."""
    reversals = models.Reversal.objects.filter(payment__isnull=False, reversed_on__gte=FIRST)
    return set(reversals.values_list("payment__loan_id", flat=True))


def everything() -> dict[str, int]:
    """Rows of every table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        names = [row[0] for row in cursor.fetchall()]
        counts = {}
        for name in names:
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            counts[name] = cursor.fetchone()[0]
    return counts


@pytest.mark.slow
def test_the_current_strategy_over_days_that_were_run_gives_what_was_planned(lender):
    """One life, many sentences: it takes seconds to live."""
    at = local(LAST + timedelta(days=1), 1)
    facts = load_facts(lender_id=lender, known_at=at)
    before = everything()

    lived = live_period(facts, LAW, SAMPLE, from_on=day_of(FIRST), until_on=day_of(LAST) + 1)
    found = simulate(lender_id=lender, current=CURRENT, new=CURRENT, from_on=FIRST, to_on=LAST, at=at)
    again = simulate(lender_id=lender, current=CURRENT, new=CURRENT, from_on=FIRST, to_on=LAST, at=at)

    intervened = taken_back_since()
    real = {each for each in really_planned() if each[1] not in intervened}
    assert {each for each in simulated(lived) if each[1] not in intervened} == real
    assert len(real) > 100
    assert {each[3] for each in real} == {"app-message", "email"}
    assert found.current == found.new
    assert found.different == []
    assert found.current.contacts == len(lived.contacts.on)
    assert found.current.refused["house.opt-out"] > 0
    assert again == found
    assert everything() == before
    _another_strategy_treats_people_differently(lender, at)


def _another_strategy_treats_people_differently(lender, at):
    steps = SAMPLE.steps[0], replace(SAMPLE.steps[1], offset_days=9)
    new = Side(replace(SAMPLE, ladders=(replace(SAMPLE.ladders[0], steps=steps),)), LAW)

    found = simulate(lender_id=lender, current=CURRENT, new=new, from_on=FIRST, to_on=LAST, at=at)

    kinds = Counter({(d.difference.kind, d.difference.days): len(d.loans) for d in found.different})
    assert kinds["later", 2] > kinds["dropped", 0] > 0
    assert refs_of(found.different[0].loans[:1]).keys() == {found.different[0].loans[0]}
    assert sum(kinds.values()) == len({loan for d in found.different for loan in d.loans})


# -- what cannot be simulated --------------------------------------------------------------------


def asked(lender, *, from_on, to_on, at=NOW):
    return simulate(lender_id=lender.pk, current=CURRENT, new=CURRENT, from_on=from_on, to_on=to_on, at=at)


@pytest.mark.parametrize(
    ("from_on", "to_on", "code"),
    [
        (TODAY - timedelta(days=1), TODAY - timedelta(days=2), "simulation.days"),
        (TODAY - timedelta(days=1), TODAY, "simulation.not_over"),
        (TODAY + timedelta(days=3), TODAY + timedelta(days=9), "simulation.not_over"),
        (TODAY - timedelta(days=401), TODAY - timedelta(days=1), "simulation.too_long"),
    ],
)
def test_days_that_cannot_be_simulated_are_named(from_on, to_on, code):
    lender = a_lender()
    a_loan(lender, a_person(lender), overdue_days=4)

    with pytest.raises(BadInput) as error:
        asked(lender, from_on=from_on, to_on=to_on)

    assert error.value.code == code


def test_a_lender_without_loans_has_nothing_to_simulate():
    with pytest.raises(NotPossible) as error:
        asked(a_lender(), from_on=TODAY - timedelta(days=9), to_on=TODAY - timedelta(days=1))

    assert error.value.code == "simulation.no_loans"


def test_a_period_in_which_nobody_was_late_has_no_days_of_loans_late():
    lender = a_lender()
    a_loan(lender, a_person(lender, points=("app_inbox",)))

    found = asked(lender, from_on=TODAY - timedelta(days=400), to_on=TODAY - timedelta(days=1))

    assert (found.loans, found.current.late_days, found.current.contacts) == (1, 0, 0)


def test_a_loan_closed_in_the_period_is_simulated_until_then():
    lender = a_lender()
    a_loan(
        lender,
        a_person(lender, points=("app_inbox",)),
        overdue_days=4,
        as_of_on=TODAY - timedelta(days=10),
        closed_on=TODAY - timedelta(days=6),
    )

    found = asked(lender, from_on=TODAY - timedelta(days=9), to_on=TODAY - timedelta(days=1))

    assert (found.current.late_days, found.current.contacts) == (4, 1)


def test_the_currency_is_the_lenders_or_the_only_one_of_its_loans():
    assert find_currency(a_lender(currency="TWD").pk) == "TWD"
    lender = a_lender(name="Other Bank", currency=None)
    assert find_currency(lender.pk) is None
    a_loan(lender, a_person(lender), currency="CNY")
    assert find_currency(lender.pk) == "CNY"
    a_loan(lender, a_person(lender), currency="USD")
    assert find_currency(lender.pk) is None
