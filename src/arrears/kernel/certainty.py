"""How sure we are of what a source says, and what follows from being unsure.

    A   the source itself was read
    B   read in an official summary, a press report or a law firm's note
    C   recalled, sure of the substance and of the citation, not read
    D   recalled, and to be checked before it is relied on

Certainty acts by direction. What is uncertain (C, D) and limits a lender ships on, marked as
uncertain, and only a named approver switches it off. What is uncertain and permits something
ships off, and only a named approver relies on it.
"""

from __future__ import annotations

UNCERTAIN = frozenset({"C", "D"})


def is_uncertain(certainty: str) -> bool:
    """Whether the source was not read."""
    return certainty in UNCERTAIN
