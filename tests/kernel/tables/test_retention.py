"""Several entries about one record, and counting on from a day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from arrears.kernel.tables.entries import Entry
from arrears.kernel.tables.periods import after, after_business_days
from arrears.kernel.tables.retention import retention_of

DAY = date(2026, 7, 14)


def an_entry(
    entry_id: str, *, kind: str = "keep", jurisdiction: str = "test", certainty: str = "A", **params
):
    about = {"records": ["message"], "starts": "record_on", **params} if kind == "keep" else params
    return Entry(
        id=entry_id,
        rule=entry_id,
        kind=kind,
        jurisdiction=jurisdiction,
        applies_to=(),
        match={},
        params=about,
        citation="Act 1",
        certainty=certainty,
        about={},
    )


LOCK = an_entry("lock", kind="lock")


def asked(entries, *, record="message", record_on=DAY, on=DAY, is_deletion_asked=False, **facts):
    told = {"record": record, "record_on": record_on, "on": on, **facts}
    return retention_of(entries, told, is_deletion_asked=is_deletion_asked)


def test_the_longest_of_several_periods_holds_and_is_named():
    answer = asked([an_entry("two", years=2), an_entry("five", years=5)])

    assert (answer.state, answer.through_on, answer.because) == ("stays", date(2031, 7, 14), ("five",))


def test_a_clock_that_has_not_started_outlasts_every_day():
    open_ended = an_entry("settled", starts="settled_on", days=0)

    answer = asked([an_entry("five", years=5), open_ended])

    assert (answer.through_on, answer.because, answer.missing) == (None, ("settled",), ("settled_on",))


def test_the_house_is_silent_where_a_law_speaks_even_a_shorter_one():
    house = an_entry("house", jurisdiction="house", years=5)
    law = an_entry("law", months=6)

    assert asked([house, law], on=date(2027, 7, 14)).because == ("law",)
    assert asked([house, law], on=date(2027, 7, 14)).state == "may_go"
    assert asked([house], on=date(2027, 7, 14)).because == ("house",)


def test_nothing_says_anything_of_a_record_that_no_entry_names():
    answer = asked([an_entry("law", years=2)], record="decision")

    assert (answer.state, answer.because) == ("may_go", ())


def test_what_must_stay_is_locked_by_the_wish_to_delete_it_also_where_no_law_says_so():
    law = an_entry("law", years=2)

    assert asked([law, LOCK], is_deletion_asked=True).because == ("law", "lock")
    assert asked([law], is_deletion_asked=True).state == "locked"


def test_a_wish_to_delete_what_need_not_stay_is_a_duty_where_the_law_gives_the_right():
    late = DAY + timedelta(days=4_000)

    assert asked([an_entry("law", years=2), LOCK], on=late, is_deletion_asked=True).state == "must_go"
    assert asked([an_entry("law", years=2)], on=late, is_deletion_asked=True).state == "may_go"


def test_what_the_longest_lawful_time_is_over_for_must_go_unless_another_law_keeps_it():
    most = an_entry("most", years=1, most_years=2)
    late = date(2028, 7, 15)

    assert asked([most], on=late).state == "must_go"
    assert asked([most, an_entry("five", years=5)], on=late).state == "stays"


def test_an_answer_is_uncertain_only_while_nothing_certain_bears_it():
    doubtful = an_entry("doubtful", certainty="D", years=5)

    assert asked([doubtful, an_entry("sure", years=2)]).is_uncertain
    assert not asked([doubtful, an_entry("sure", years=5)]).is_uncertain


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(0, 600))
def test_a_period_in_months_ends_in_that_month_and_never_past_its_last_day(start, months):
    end = after(start, {"months": months})

    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end + timedelta(days=1)).day == 1


def test_business_days_are_counted_by_the_calendar_that_is_given():
    friday = date(2026, 7, 17)

    assert after_business_days(friday, 1, "XX", lambda _, day: day.weekday() < 5) == date(2026, 7, 20)
    assert after_business_days(friday, 0, "XX", lambda _, day: False) == friday
