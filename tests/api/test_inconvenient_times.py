"""Another system was told when contact does not suit somebody."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Thread

import pytest
from django.db import connection

from arrears.actions.inconvenient_times import list_inconvenient_times, record_inconvenient_time
from arrears.actions.weekly_hours import weekly_hours
from arrears.store import clock, models
from tests.actions.sending import a_writing_lender, move_clock
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


# -- taken back --------------------------------------------------------------------------------


def take_back(desk, number, **told):
    return desk.post(f"/inconvenient-times/{number}/take-back", {"id": "end-1", **told})


@pytest.fixture
def said(desk, borrower):
    """A statement of two hours ago, by its number."""
    number = say(desk, borrower).json()["inconvenient_time"]
    move_clock(hours=2)
    return number


def standing(borrower):
    return [row.until_at for row in list_inconvenient_times(person=borrower.pk)]


def test_a_statement_is_taken_back_from_now_on(desk, borrower, said):
    answered = take_back(desk, said, told_by="portal")

    row = models.Inconvenience.objects.get(supersedes=said)
    assert (answered.status_code, answered.json()["inconvenient_time"]) == (200, said)
    assert answered.json()["id"] == "end-1"
    assert datetime.fromisoformat(answered.json()["until_at"]) == row.until_at == clock.now()
    assert standing(borrower) == [row.until_at]
    assert (row.channel, row.end_local_minutes, row.told_by) == ("call", 600, "portal")
    assert row.actor.name == "other_system:desk"
    entry = models.AuditEntry.objects.get(what="inconvenient_time.taken_back")
    assert entry.subjects["person"] == [borrower.pk]


def test_a_statement_that_has_not_begun_never_holds(desk, borrower):
    begins = "2099-01-01T00:00:00+00:00"
    number = say(desk, borrower, from_at=begins).json()["inconvenient_time"]

    answered = take_back(desk, number)

    assert datetime.fromisoformat(answered.json()["until_at"]) == datetime.fromisoformat(begins)


def test_a_statement_of_the_command_line_is_taken_back_by_its_number(desk, borrower):
    number = record_inconvenient_time(
        lender=borrower.lender_id,
        person=borrower.pk,
        hours=weekly_hours(days=[], start="00:00", end="10:00"),
        told_by="call",
        actor="staff:anna",
        at=clock.now(),
    )
    move_clock(hours=1)

    assert take_back(desk, number).status_code == 200
    assert standing(borrower) == [clock.now()]


def test_taking_back_again_is_answered_the_same_and_a_second_one_is_refused(desk, borrower, said):
    first = take_back(desk, said)
    move_clock(hours=1)
    again, second = take_back(desk, said), take_back(desk, said, id="end-2")

    assert first.json() == again.json()
    assert problem_of(second) == (409, "inconvenient_time.ended")
    assert models.Inconvenience.objects.count() == 2


def test_another_statement_under_the_same_id_is_not_taken_back(desk, borrower, said):
    other = say(desk, borrower, id="h-2", end="11:00").json()["inconvenient_time"]
    take_back(desk, said)

    assert problem_of(take_back(desk, other)) == (409, "id.other_content")
    assert problem_of(take_back(desk, said, told_by="letter")) == (409, "id.other_content")
    assert None in standing(borrower)


def test_taking_back_twice_at_once_is_once(desk, said):
    answers = []

    def end(number):
        answers.append(take_back(desk, said, id=f"end-{number}").status_code)
        connection.close()

    threads = [Thread(target=end, args=[number]) for number in (1, 1, 2, 2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(answers) == [200, 200, 409, 409]
    assert models.Inconvenience.objects.filter(supersedes=said).count() == 1


@pytest.mark.parametrize("ended", [0, 10**25])
def test_a_number_of_no_statement_is_not_known(desk, borrower, ended):
    assert problem_of(take_back(desk, ended)) == (404, "inconvenient_time.unknown")


def test_a_statement_that_ends_by_itself_is_not_taken_back_after_it(desk, borrower):
    soon = (clock.now() + timedelta(hours=1)).isoformat()
    number = say(desk, borrower, until_at=soon).json()["inconvenient_time"]
    move_clock(hours=2)

    assert problem_of(take_back(desk, number)) == (409, "inconvenient_time.ended")


@pytest.mark.parametrize("wrong", [{"id": ""}, {"told_by": "rumour"}, {"told_by": None}, {"note": "x"}])
def test_a_request_that_cannot_be_takes_nothing_back(desk, borrower, said, wrong):
    assert problem_of(take_back(desk, said, **wrong)) == (422, "request.wrong")
    assert standing(borrower) == [None]


def test_the_statement_of_another_lenders_borrower_is_not_known(borrower, said):
    other = System(a_writing_lender(name="Other Bank"), "desk")

    assert problem_of(take_back(other, said)) == (404, "inconvenient_time.unknown")
    assert standing(borrower) == [None]


def test_taking_back_takes_the_right_to_report(borrower, said):
    lender = models.Organisation.objects.get(pk=borrower.lender_id)
    reader = System(lender, "reader", scopes=["decide", "reserve", "inbox"])

    assert problem_of(take_back(reader, said)) == (403, "token.scope")
    assert standing(borrower) == [None]
