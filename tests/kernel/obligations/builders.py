"""Obligations and what is known, written by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from arrears.kernel.facts import NEVER
from arrears.kernel.obligations.rules import (
    Duty,
    Obligation,
    ProofState,
    Recipient,
    SatisfiedBy,
    Trigger,
    Unit,
    Window,
)
from arrears.kernel.obligations.standing import (
    PROOF_COLUMNS,
    TRIGGER_COLUMNS,
    Obligations,
    Told,
    obligations_of,
)
from arrears.kernel.vocabulary import Channel
from arrears.rulepacks.obligations import CALENDARS
from arrears.rulepacks.zones import ZONES


def a_window(length: int | None = 5, **told: Any) -> Window:
    """Five days after the trigger, its own day not counted."""
    values = {"is_before": False, "unit": Unit.DAYS, "counts_anchor": False, "calendar": "", "extensions": ()}
    return Window(length=length, **{**values, **told})


def an_obligation(**told: Any) -> Obligation:
    """To send a borrower the validation notice after the first communication, anywhere."""
    values: dict[str, Any] = {
        "id": "t.notice",
        "jurisdiction": "test",
        "triggers": (Trigger.FIRST_COMMUNICATION,),
        "duty": Duty.VALIDATION,
        "recipient": Recipient.BORROWER,
        "window": a_window(),
        "satisfied_by": SatisfiedBy.SENT,
        "match": {},
        "citation": "Act 1",
        "certainty": "A",
        "about": {},
        "reference_zone": "UTC",
    }
    return Obligation(**{**values, **told})


def a_trigger(at: int, **columns: int) -> dict[str, int]:
    nothing = dict.fromkeys(TRIGGER_COLUMNS, 0)
    open_ended = dict.fromkeys(("event_at", "ended_at", "answered_at"), NEVER)
    return {**nothing, **open_ended, "loan": 1, "person": 1, "at": at, **columns}


def a_proof(at: int, state: ProofState = ProofState.SENT, **columns: int) -> dict[str, int]:
    told = {"message": 1, "duty": Duty.VALIDATION, "channel": Channel.LETTER, "loan": 1, "person": 1}
    return {**told, "state": state, "at": at, **columns}


def told(triggers: list[dict[str, int]], proofs: list[dict[str, int]] | None = None) -> Told:
    return Told(
        {name: np.array([row[name] for row in triggers], np.int64) for name in TRIGGER_COLUMNS},
        {name: np.array([row[name] for row in proofs or []], np.int64) for name in PROOF_COLUMNS},
        ("UTC",),
        ((),),
    )


def standing_of(known: Told, *rules: Obligation, at: int) -> Obligations:
    return obligations_of(known, rules or (an_obligation(),), at=at, zones=ZONES, calendars=CALENDARS)
