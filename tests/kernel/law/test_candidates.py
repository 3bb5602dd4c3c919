"""Candidates are fully bound, and only from facts that exist."""

from __future__ import annotations

import numpy as np
import pytest

from arrears.kernel.facts import NO_ID
from arrears.kernel.law.candidates import candidates_of
from tests.kernel.law.builders import a_person_called

ONE = {
    "loan": 20,
    "person": 10,
    "recipient_kind": 0,
    "point": 40,
    "channel": 3,
    "notice": 1,
    "purpose": 0,
    "is_amount_known": 1,
    "reported_on": 0,
}


def a_candidate(**told):
    facts, _ = a_person_called(zones=["UTC"], at=[])
    return candidates_of(facts, **{name: np.array([code]) for name, code in {**ONE, **told}.items()})


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("loan", {"loan": 77}),
        ("person", {"person": 77}),
        ("contact point that is not", {"point": 77}),
        ("contact point of somebody else", {"point": 41}),
    ],
)
def test_a_candidate_that_names_what_the_facts_do_not_hold_is_a_mistake(what, told):
    with pytest.raises(AssertionError, match=f"names a {what}"):
        a_candidate(**told)


def test_no_contact_point_on_file_is_said_with_no_id():
    assert a_candidate(point=NO_ID)["value"][0] == NO_ID
