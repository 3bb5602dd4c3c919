"""Rows in conflict are found in the whole file, whatever their order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from arrears.actions.importing.surveying import Survey
from arrears.actions.importing.target import PERSONAL, REPORTED
from arrears.actions.importing.validating import Rows


def some_rows(told) -> Rows:
    """Rows from (loan, person, e-mail), their lines counted from 2."""
    columns = {field.name: [None] * len(told) for field in REPORTED}
    columns |= {
        "loan_ref": [loan for loan, _, _ in told],
        "person_ref": [person for _, person, _ in told],
        "email": [email for _, _, email in told],
    }
    return Rows(range(2, 2 + len(told)), columns)


TOLD = st.lists(st.tuples(*(st.sampled_from("abc") for _ in range(3))), max_size=12)


@given(told=TOLD, cut=st.integers(0, 12))
def test_conflicts_are_those_that_comparing_every_pair_finds(told, cut):
    rows = some_rows(told)
    first, second = rows.keep(range(min(cut, len(told)))), rows.keep(range(min(cut, len(told)), len(told)))
    survey = Survey()
    survey.add(first, [])
    survey.add(second, [])

    found = {(reject.line, reject.field) for reject in survey.conflicts().of(rows)}

    pairs = [(m, n) for m in range(len(told)) for n in range(len(told)) if m != n]
    twice = {(m + 2, "loan_ref") for m, n in pairs if told[m][0] == told[n][0]}
    contradicted = {
        p for m, n in pairs if told[m][1] == told[n][1] and told[m][2] != told[n][2] for p in [told[m][1]]
    }
    assert found == twice | {
        (n + 2, "person_ref") for n, (_, person, _) in enumerate(told) if person in contradicted
    }


@given(TOLD)
def test_the_line_named_is_one_the_row_conflicts_with(told):
    rows = some_rows(told)
    survey = Survey()
    survey.add(rows, [])

    for reject in survey.conflicts().of(rows):
        row, other = told[reject.line - 2], told[int(reject.reason.rsplit(" ", 1)[1]) - 2]
        assert reject.line != int(reject.reason.rsplit(" ", 1)[1])
        if reject.field == "loan_ref":
            assert row[0] == other[0]
        else:
            assert row[1] == other[1]
            assert row[2] != other[2]


def test_every_personal_field_is_compared():
    assert set(PERSONAL) <= {field.name for field in REPORTED}
