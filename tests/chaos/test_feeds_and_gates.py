"""A feed that restricts contact, at once with a gate: what commits before the gate's lock binds it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from arrears.actions.feeds import deliveries
from arrears.actions.feeds.importing import import_feed
from arrears.actions.gating import deciding
from arrears.store import models
from arrears.store.crypto import keyring
from arrears.store.personal import details_of
from tests.actions.feeds.books import write
from tests.actions.sending import ACTOR, a_due_contact, a_writing_lender, end_of, gate, loan_of
from tests.builders import NOW
from tests.chaos.racing import Racer, wait_until, waiting_for_locks
from tests.chaos.test_concurrent_gates import _holds_scopes

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = {"kind": "app_inbox", "value": "his-inbox"}


@dataclass(frozen=True)
class Restriction:
    """A row about the person or the loan of a planned contact, and the rule that then refuses it."""

    feed: str
    row: dict[str, str]
    of: tuple[str, ...]
    rule: str
    is_full: bool = False


HOLD = {"hold_ref": "H1", "reason": "dispute", "shown_reason": "We are checking.", "stops": "notices"}
RESTRICTIONS = {
    "a hold on the loan": Restriction("holds", HOLD, ("loan_ref",), "house.hold"),
    "a hold on the person": Restriction("holds", HOLD, ("person_ref",), "house.hold"),
    "a hold on an area": Restriction("holds", {**HOLD, "area": "TW"}, (), "house.hold"),
    "an opt-out of the person": Restriction(
        "preferences", {"preference_ref": "O1"}, ("person_ref",), "house.opt-out"
    ),
    "an opt-out of the address": Restriction(
        "preferences", {"preference_ref": "O1", **ADDRESS}, (), "house.opt-out"
    ),
    "a refusal": Restriction("refusals", {"refusal_ref": "R1"}, ("person_ref",), "house.refusal"),
    "a dead address": Restriction(
        "contact_points",
        {**ADDRESS, "source": "contract", "dead_from_at": "2026-07-13", "dead_reason": "returned"},
        ("person_ref",),
        "house.dead-point",
    ),
    "an address that a full file leaves out": Restriction(
        "contact_points",
        {**ADDRESS, "value": "another-inbox", "source": "contract"},
        ("person_ref",),
        "house.dead-point",
        is_full=True,
    ),
    "another place": Restriction(
        "places",
        {"source": "stated", "place": "US-NY", "zone": "America/New_York"},
        ("person_ref",),
        "house.hours",
    ),
    "a contact of today": Restriction(
        "contacts",
        {"contact_ref": "K1", "at": "2026-07-14T09:00", "channel": "call"},
        ("person_ref",),
        "house.daily",
    ),
}
restrictions = pytest.mark.parametrize("restriction", RESTRICTIONS.values(), ids=RESTRICTIONS)


def a_planned_contact() -> models.PlannedContact:
    return a_due_contact(a_writing_lender(), value=ADDRESS["value"])


def bring(folder: Path, planned: models.PlannedContact, restriction: Restriction):
    refs = {
        "loan_ref": loan_of(planned).source_ref,
        "person_ref": details_of(keyring(), [planned.person_id])[planned.person_id]["customer_ref"],
    }
    row = {**restriction.row, **{name: refs[name] for name in restriction.of}}
    return import_feed(
        feed=restriction.feed,
        file=write(folder / "in.csv", [row]),
        mapping=None,
        lender=None,
        is_full=restriction.is_full,
        actor=ACTOR,
        at=NOW,
    )


@restrictions
def test_a_file_that_holds_the_locks_binds_the_gate_that_waits(tmp_path, monkeypatch, restriction):
    planned = a_planned_contact()
    lock = deliveries.lock_scopes

    def lock_and_wait(keys):
        lock(keys)
        wait_until(lambda: waiting_for_locks() >= 1, "a gate waited")

    monkeypatch.setattr(deliveries, "lock_scopes", lock_and_wait)
    writer = Racer(partial(bring, tmp_path, planned, restriction), "import")
    wait_until(_holds_scopes, "the import held the locks")
    racing_gate = Racer(gate, "gate")

    assert writer.join_and_tell().state == "stored"
    assert racing_gate.join_and_tell().not_permitted == 1
    assert end_of(planned) == ("not_permitted", restriction.rule)


@restrictions
def test_a_file_that_comes_after_the_gates_lock_waits_for_it(tmp_path, monkeypatch, restriction):
    planned = a_planned_contact()
    racers, load_facts = [], deciding.load_facts

    def load_while_a_file_comes(**asked):
        racers.append(Racer(partial(bring, tmp_path, planned, restriction), "import"))
        wait_until(lambda: waiting_for_locks() >= 1, "the import waited")
        return load_facts(**asked)

    monkeypatch.setattr(deciding, "load_facts", load_while_a_file_comes)
    assert gate().cleared == 1
    assert racers[0].join_and_tell().state == "stored"
    assert end_of(planned) == ("reserved", None)
