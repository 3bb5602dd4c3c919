"""Another system was told when contact does not suit somebody."""

from __future__ import annotations

from threading import Thread

import pytest
from django.db import connection

from arrears.store import models
from tests.actions.sending import a_writing_lender
from tests.actions.test_inbound import a_borrower, loan_of_person
from tests.api.asking import System, problem_of

pytestmark = pytest.mark.django_db(transaction=True)
AT_TEN = {"id": "h-1", "channel": "call", "end": "10:00"}


@pytest.fixture
def borrower():
    return a_borrower()


@pytest.fixture
def desk(borrower):
    return System(models.Organisation.objects.get(pk=borrower.lender_id), "desk")


def say(desk, borrower, **told):
    return desk.post(
        "/inconvenient-times", {**AT_TEN, "loan_ref": loan_of_person(borrower).source_ref, **told}
    )


def test_no_calls_before_ten_is_recorded_for_the_borrower(desk, borrower):
    answered = say(desk, borrower, days=["mon", "fri"], place="home")

    row = models.Inconvenience.objects.get()
    assert (answered.status_code, answered.json()["inconvenient_time"]) == (200, row.pk)
    assert (row.person_id, row.channel, row.place, row.until_at) == (borrower.pk, "call", "home", None)
    assert (row.weekdays, row.start_local_minutes, row.end_local_minutes) == (0b10001, 0, 600)
    assert (row.form, row.told_by) == ("oral", "call")


def test_the_same_statement_again_is_one_and_another_under_its_number_is_refused(desk, borrower):
    first, again = say(desk, borrower), say(desk, borrower)
    other = say(desk, borrower, end="11:00")

    assert first.json() == again.json()
    assert problem_of(other) == (409, "id.other_content")
    assert models.Inconvenience.objects.count() == 1


def test_the_same_statement_twice_at_once_is_one(desk, borrower):
    answers = []

    def tell():
        answers.append(say(desk, borrower).json()["inconvenient_time"])
        connection.close()

    threads = [Thread(target=tell) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert answers == [models.Inconvenience.objects.get().pk] * 4


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"loan_ref": None}, "request.wrong"),
        ({"person_ref": "C1"}, "request.wrong"),
        ({"loan_ref": "none"}, "explain.unknown_loan"),
        ({"loan_ref": None, "person_ref": "none"}, "inbound.person"),
        ({"end": "9"}, "request.wrong"),
        ({"days": ["monday"]}, "request.wrong"),
        ({"start": "11:00"}, "hours.backwards"),
        ({"until_at": "2020-01-01T00:00:00Z"}, "inconvenient_time.ends_before_it_begins"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_recorded(desk, borrower, wrong, code):
    assert problem_of(say(desk, borrower, **wrong))[1] == code
    assert models.Inconvenience.objects.count() == 0


def test_the_loan_of_another_lender_is_not_known(borrower):
    other = System(a_writing_lender(name="Other Bank"), "desk")

    assert problem_of(say(other, borrower))[1] == "explain.unknown_loan"


def test_it_takes_the_right_to_report(borrower):
    reader = System(models.Organisation.objects.get(pk=borrower.lender_id), "reader", scopes=["decide"])

    assert problem_of(say(reader, borrower)) == (403, "token.scope")
