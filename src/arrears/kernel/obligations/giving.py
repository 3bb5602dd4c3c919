"""What was given for an obligation that is not met yet: a message on its way, or one that came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from arrears.kernel.facts import ALWAYS, Codes, Instants, Mask
from arrears.kernel.law.intervals import Rows, join
from arrears.kernel.obligations.rules import PROVES, Obligation, SatisfiedBy
from arrears.kernel.obligations.standing import PROOF_COLUMNS, Obligations, Told, is_through, keys_of
from arrears.kernel.vocabulary import ProofState

_GIVES = PROVES[SatisfiedBy.SENT]


@dataclass(frozen=True, slots=True)
class Given:
    """Per obligation the last instants at which its notice was given and at which one came back.

    ALWAYS where it never was. A message that came back was not given.
    """

    given_at: Instants
    returned_at: Instants

    @property
    def awaits_proof(self) -> Mask:
        """A message is on its way, of which nobody knows more than that it was sent."""
        return np.asarray(self.given_at != ALWAYS)


def given_for(told: Told, rules: Sequence[Obligation], found: Obligations, *, at: int) -> Given:
    """What had been given by `at` for each obligation since it arose; of answers nothing is known."""
    had = told.proofs["at"] <= at
    proofs = {name: told.proofs[name][had] for name in PROOF_COLUMNS}
    is_back = proofs["state"] == ProofState.RETURNED
    stays = ~np.isin(proofs["message"], proofs["message"][is_back])
    gives = np.isin(proofs["state"], _GIVES) & stays
    row, proof = _pairs(told, rules, found)
    keep = had[proof] & (told.proofs["at"][proof] >= found.arose_at[row])
    row, proof = row[keep], (np.cumsum(had) - 1)[proof[keep]]
    return Given(
        _latest(len(found), row, proofs["at"][proof], gives[proof]),
        _latest(len(found), row, proofs["at"][proof], is_back[proof]),
    )


def _pairs(told: Told, rules: Sequence[Obligation], found: Obligations) -> tuple[Rows, Rows]:
    """(obligation, proof) of the same loan, person and duty, through a channel that meets it."""
    duty = np.array([int(rule.duty) for rule in rules], np.int64)[found.rule]
    of = {name: told.triggers[name][found.trigger] for name in ("loan", "person")}
    wanted, known = keys_of(
        (of["loan"], of["person"], duty),
        (told.proofs["loan"], told.proofs["person"], told.proofs["duty"]),
    )
    order = np.argsort(known, kind="stable")
    row, at = join(wanted, known[order])
    proof = order[at]
    serves = np.zeros((len(rules), len(order)), np.bool_)
    for code, rule in enumerate(rules):
        serves[code] = is_through(rule, told.proofs["channel"])
    meets = serves[found.rule[row], proof]
    return row[meets], proof[meets]


def _latest(size: int, row: Rows, at: Instants, counts: Mask) -> Codes:
    latest = np.full(size, ALWAYS, np.int64)
    np.maximum.at(latest, row[counts], at[counts])
    return latest
