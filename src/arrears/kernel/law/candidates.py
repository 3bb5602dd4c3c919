"""Candidates: contacts that might be made, each fully bound, one row each.

Nothing is left to choose: borrower, recipient and what he is to the debt, who acts, why, with
which notice, through which channel, at which one contact point, about which one loan.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from arrears.kernel.facts import NO_ID, Codes, Column, Facts, rows_of
from arrears.kernel.law.households import household_of
from arrears.kernel.vocabulary import Age, Channel, Purpose, Voice

CANDIDATE_COLUMNS: tuple[str, ...] = (
    "lender",
    "borrower",
    "person",  # the recipient
    "recipient_kind",
    "age",  # of the recipient, NO_ID where nothing is known of it that law asks for
    "actor_kind",
    "purpose",
    "notice",
    "voice",  # NO_ID of all but calls
    "visitors",  # how many persons will come, NO_ID where it is not known and of all but visits
    "manner",  # NO_ID where nothing of it is known that some law forbids
    "channel",  # NO_ID where data are passed on to a credit bureau, and nowhere else
    "point",
    "point_kind",
    "point_source",
    "point_owner",
    "point_place",
    "value",
    "household",  # of the person when the facts were read; of one in none a number below -1, his own
    "loan",
    "debt",
    "debt_kind",
    "licence",
    "zones",  # index into Facts.zone_sets
    "places",  # index into Facts.place_sets
    "law_place",  # index into Facts.places: the law the contract names, NO_ID if none
    "is_place_known",
    "text",  # of the lender's: its language, a code of vocabulary.LANGUAGES; others beyond; NO_ID if none
    "is_amount_known",
    "is_dispute_noted",  # what is passed on to a credit bureau says that the debt is disputed
    "reported_on",  # the day the newest arrears report speaks of, or NO_DATE
)
"""All int64, in the caller's order; no sorting is needed."""

Candidates = Mapping[str, Column]


def candidates_of(
    facts: Facts,
    *,
    loan: Codes,
    person: Codes,
    recipient_kind: Codes,
    point: Codes,
    channel: Codes,
    notice: Codes,
    purpose: Codes,
    is_amount_known: Column,
    reported_on: Column,
    actor_kind: Codes | None = None,
    voice: Codes | None = None,
    visitors: Codes | None = None,
    manner: Codes | None = None,
    is_dispute_noted: Column | None = None,
) -> Candidates:
    """One row per element of the given columns, completed from the facts.

    A `point` of NO_ID stands for "no contact point of the right kind is on file"; then the
    point's columns are NO_ID. Any other must be the person's own. The actor is the lender's
    own kind unless one is given. A call is by a person unless another voice is given; how many
    will visit is not known unless it is given. What is passed on says nothing of a dispute unless
    it is said to.
    """
    loans, lenders, persons = facts["loan"], facts["lender"], facts["person"]
    of_loan = _known(rows_of(loans["loan"], loan), "loan")
    of_person = _known(rows_of(persons["person"], person), "person")
    lender = loans["lender"][of_loan]
    of_lender = _known(rows_of(lenders["lender"], lender), "lender")
    columns = {
        "lender": lender,
        "borrower": loans["borrower"][of_loan],
        "person": person,
        "recipient_kind": recipient_kind,
        "age": np.where(rows_of(facts["child"]["person"], person) >= 0, Age.UNDER_14, NO_ID),
        "actor_kind": lenders["actor_kind"][of_lender] if actor_kind is None else actor_kind,
        "purpose": purpose,
        "notice": notice,
        "channel": channel,
        "voice": np.where(channel == Channel.CALL, Voice.PERSON, NO_ID) if voice is None else voice,
        "visitors": np.full(len(loan), NO_ID) if visitors is None else visitors,
        "manner": np.full(len(loan), NO_ID) if manner is None else manner,
        "point": point,
        **_point_columns(facts, point, person),
        "household": household_of(facts, person),
        "loan": loan,
        "debt": loans["debt"][of_loan],
        "debt_kind": loans["debt_kind"][of_loan],
        "licence": lenders["licence"][of_lender],
        "zones": persons["zones"][of_person],
        "places": persons["places"][of_person],
        "law_place": loans["law_place"][of_loan],
        "is_place_known": persons["is_place_known"][of_person],
        "text": _texts(facts, person),
        "is_amount_known": is_amount_known,
        "is_dispute_noted": np.zeros(len(loan)) if is_dispute_noted is None else is_dispute_noted,
        "reported_on": reported_on,
    }
    return check_candidates({name: np.asarray(columns[name], np.int64) for name in columns})


def check_candidates(candidates: Candidates) -> Candidates:
    """Return them, or fail with what is missing or of another length."""
    assert set(candidates) == set(CANDIDATE_COLUMNS), set(candidates) ^ set(CANDIDATE_COLUMNS)
    assert len({len(column) for column in candidates.values()}) == 1, "columns differ in length"
    is_furnishing = candidates["purpose"] == Purpose.FURNISH
    assert np.array_equal(is_furnishing, candidates["channel"] == NO_ID), "a contact has a channel"
    is_call = candidates["channel"] == Channel.CALL
    assert np.array_equal(is_call, candidates["voice"] != NO_ID), "a call has a voice, and nothing else"
    return candidates


def take(candidates: Candidates, rows: Codes) -> Candidates:
    """These rows, in this order."""
    return {name: column[rows] for name, column in candidates.items()}


def count_of(candidates: Candidates) -> int:
    return len(candidates["loan"])


def groups_of(facts: Facts, candidates: Candidates) -> Codes:
    """The contact group of each candidate's loan; NO_ID for loans that stand alone."""
    loans = facts["loan"]
    return np.asarray(loans["contact_group"][rows_of(loans["loan"], candidates["loan"])])


def _point_columns(facts: Facts, point: Codes, person: Codes) -> dict[str, Column]:
    points, is_given = facts["point"], np.asarray(point != NO_ID)
    order = np.argsort(points["point"], kind="stable")
    at = order[_known(rows_of(points["point"][order], point[is_given]), "contact point")]
    is_own = points["person"][at] == person[is_given]
    assert bool(np.all(is_own)), "a candidate names a contact point of somebody else"
    filled = {"point_kind": "kind", "point_source": "source", "point_owner": "owner", "value": "value"}
    filled["point_place"] = "place"
    columns = {name: np.full(len(point), NO_ID) for name in filled}
    for name, of in filled.items():
        columns[name][is_given] = points[of][at]
    return columns


def _texts(facts: Facts, person: Codes) -> Column:
    """The lender's text in the language that goes to each person."""
    told = facts["language"]
    at = rows_of(told["person"], person)
    return np.append(told["language"], NO_ID)[at]


def _known(row: Codes, what: str) -> Codes:
    assert bool(np.all(row >= 0)), f"a candidate names a {what} that is not in the facts"
    return row
