"""Every kind of entry: its function, the facts it reads, and its words on either side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from arrears.kernel.tables import caps, deadlines, governance, limitation, retention
from arrears.kernel.tables.entries import NOT_BOUND, Answer, Entry, Facts, WorkingDays, binds

CLOCKS = (
    "accrued_on",
    "bad_event_ended_on",
    "bankrupt_on",
    "charged_on",
    "consent_ended_on",
    "contract_ended_on",
    "defaulted_on",
    "due_on",
    "first_delinquent_on",
    "furnished_on",
    "last_activity_on",
    "last_due_on",
    "notified_on",
    "received_on",
    "record_on",
    "sent_on",
    "served_on",
    "settled_on",
)
"""Days that start a clock. Not told: it has not happened, or nobody knows when."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`needs` are the facts without which nothing can be asked; `reads` those it may be told too.

    `permits` and `refuses` are its words on either side; `not_bound` and `not_known` are on neither.
    """

    answer: Callable[[Entry, Facts, WorkingDays], Answer]
    permits: tuple[str, ...]
    refuses: tuple[str, ...]
    needs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        return (*self.permits, *self.refuses, "not_known", NOT_BOUND)


def _plain(function: Callable[[Entry, Facts], Answer]) -> Callable[[Entry, Facts, WorkingDays], Answer]:
    """The function of a kind that counts no business days."""

    def answer(entry: Entry, facts: Facts, works: WorkingDays) -> Answer:  # noqa: ARG001
        return function(entry, facts)

    return answer


_CLAIM = partial(Kind, permits=(caps.LAWFUL,), refuses=caps.BEYOND)
_CONTRACT = ("contract_from_on", "contract_until_on")
_SETTLED = ("settled_on",)

KINDS: dict[str, Kind] = {
    "keep": Kind(_plain(retention.keep), ("may_go",), ("stays", "must_go"), ("record",)),
    "show": Kind(_plain(retention.show), ("shown",), ("gone",)),
    "lock": Kind(_plain(retention.lock), ("must_go",), ("locked",), ("is_period_running",)),
    "limitation": Kind(_plain(limitation.limitation), ("running",), ("barred",), reads=limitation.RESTARTS),
    "stated_limitation": Kind(
        _plain(limitation.stated_limitation), ("running",), ("barred",), reads=("runs_through_on",)
    ),
    "rate_cap": _CLAIM(_plain(caps.rate_cap), needs=("rate_bps",), reads=("claimed_minor",)),
    "rate_multiple": _CLAIM(
        _plain(caps.rate_multiple), needs=("rate_bps",), reads=("claimed_minor", "reference_bps")
    ),
    "rate_band": _CLAIM(
        _plain(caps.rate_band), needs=("rate_bps",), reads=("claimed_minor", "contract_bps", "use")
    ),
    "length_cap": _CLAIM(_plain(caps.length_cap), needs=("months",)),
    "amount_cap": _CLAIM(_plain(caps.amount_cap), needs=("claimed_minor",)),
    "charge_kinds": _CLAIM(_plain(caps.charge_kinds), needs=("charge",)),
    "listed_charges": _CLAIM(_plain(caps.listed_charges), needs=("charge",), reads=("shown_charges",)),
    "deadline": Kind(
        deadlines.deadline, ("in_time",), ("late",), reads=("done_on", "extension", "is_extension_relied_on")
    ),
    "wait": Kind(_plain(deadlines.wait), ("open",), ("too_early",)),
    "effective_demand": Kind(
        _plain(deadlines.effective_demand), ("open",), ("too_early",), reads=("demanded_on",)
    ),
    "repair": Kind(
        _plain(deadlines.repair), ("hidden",), ("shown",), ("arose_on", "overdue_minor"), _SETTLED
    ),
    "evaluation": Kind(
        _plain(governance.evaluation),
        ("in_order",),
        ("overdue",),
        reads=("evaluated_on", "is_final_evaluation", *_CONTRACT),
    ),
    "on_file": Kind(
        _plain(governance.on_file), ("in_order",), ("missing",), reads=("on_file", "not_on_file", *_CONTRACT)
    ),
}


def answer_of(entry: Entry, facts: Facts, works: WorkingDays) -> Answer:
    """What the entry says of these facts on their day `on`; the facts its kind needs must be told."""
    if not binds(entry, facts):
        return Answer(NOT_BOUND)
    return KINDS[entry.kind].answer(entry, facts, works)
