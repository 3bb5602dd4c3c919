"""What the ladder promises, sentence by sentence, checked against a life loan by loan.

Every function takes the life as it stands after a run and what the run said; `said` are the
contacts of the run, each a list of what it said about one loan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from arrears.kernel.planning.plan import DayPlan
from arrears.kernel.planning.strategy import LADDER_TRACKS, CatchUp, Ladder, Step, Track
from arrears.kernel.vocabulary import Channel
from tests.kernel.planning.lives import BORROWER, FIRM_FROM, GUARANTOR, PARTIES, Life, Party, Told
from tests.kernel.planning.world import EMAIL

Said = list[list[Told]]
Place = tuple[int, int, int, Track]  # loan, person, what he is to it, track


def each(said: Said) -> Iterable[Told]:
    return (told for contact in said for told in contact)


def days_and_start(life: Life, loan: int, track: Track) -> tuple[int, int] | None:
    """(days of the track, first day of its episode) of a loan today; None when it is not on it."""
    book, on = life.books[loan], life.on
    if track is Track.BEFORE_DUE:
        coming = book.coming(on)
        is_on = coming is not None and not book.is_late(on) and coming.cycle_start_on <= on
        return (on - coming.due_on, coming.cycle_start_on) if is_on else None
    if not book.is_late(on):
        return None
    days = book.past_due_days(on) if track is Track.REPORTING else book.delinquent_days(on)
    return days, book.episode_start_on(on)


def ladder_of(life: Life, loan: int) -> Ladder:
    book = life.books[loan]
    overdue = sum(open_ for due_on, open_ in book.open_parts(life.on) if due_on < life.on)
    is_firm = book.is_late(life.on) and overdue >= FIRM_FROM
    return life.strategy.ladders[1 if is_firm else 0]


def lane_of(life: Life, party: Party, track: Track) -> list[Step]:
    """The steps there are today for this person, what he is to the loan, and this track."""
    return [
        step
        for step in ladder_of(life, party.loan).steps
        if step.track is track
        and party.kind in step.recipients
        and (not step.only_if_unreachable or life.is_unreachable(party.person))
    ]


def done_before(life: Life, party: Party, track: Track, start: int, log: list[Told]) -> list[Told]:
    """What he was told in the episode, as it is known now."""
    return [
        told
        for told in log
        if (told.loan, told.person, told.step.track) == (*party[:2], track) and told.on >= start
    ]


def expected_due(life: Life, log: list[Told]) -> dict[Place, tuple[str, tuple[str, ...]]]:
    """The due step of everybody and the steps it passes over, from the sentences."""
    expected = {}
    for party in life.parties():
        for track in LADDER_TRACKS:
            found = days_and_start(life, party.loan, track)
            if found is None:
                continue
            days, start = found
            lane, done = lane_of(life, party, track), done_before(life, party, track, start, log)
            reached = [s for s in lane if s.offset_days <= days and is_open(life.on, s, lane, done)]
            waits = [s for s in reached if s.catch_up is CatchUp.IN_ORDER]
            if reached:
                due = waits[0] if waits else reached[-1]
                passed = tuple(s.id for s in reached if s.rank < due.rank)
                expected[(party.loan, party.person, int(party.kind), track)] = (due.id, passed)
    return expected


def is_open(on: int, step: Step, lane: list[Step], done: list[Told]) -> bool:
    """Above what was done, and as many days after it as lie between the two."""
    if not done:
        return True
    last = max(done, key=lambda told: (told.step.rank, told.on))
    below = [s.offset_days for s in lane if s.rank <= last.step.rank]
    offset = below[-1] if below else min(lane[0].offset_days - 1, 0)
    return step.rank > last.step.rank and on - last.on >= step.offset_days - offset


def due_of(life: Life, plan: DayPlan) -> dict[Place, tuple[str, tuple[str, ...]]]:
    due, steps, found = plan.due, life.strategy.steps, {}
    for n in range(len(due)):
        step = steps[due.step[n]]
        place = (int(due.loan[n]), int(due.person[n]), int(due.recipient_kind[n]), step.track)
        assert place not in found, "one due step for each recipient and track"
        found[place] = (step.id, tuple(steps[p].id for p in due.passed_over(n, life.strategy)))
    return found


def what_is_due_is_what_the_sentences_say(life: Life, plan: DayPlan, log: list[Told]) -> None:
    """Nothing else is due, nothing that should be is missing, and what is passed over is named."""
    assert due_of(life, plan) == expected_due(life, log)


def no_step_before_its_offset(life: Life, said: Said) -> None:
    for told in each(said):
        days, _ = days_and_start(life, told.loan, told.step.track)
        assert days >= told.step.offset_days


def no_step_sooner_after_the_last_than_their_offsets_lie_apart(life: Life, said: Said) -> None:
    for told in each(said):
        steps = ladder_of(life, told.loan).steps
        offsets = {step.rank: step.offset_days for step in steps if step.track is told.step.track}
        for earlier in earlier_in_episode(life, told):
            gap = told.step.offset_days - offsets.get(earlier.step.rank, told.step.offset_days - 1)
            assert told.on - earlier.on >= gap


def no_step_twice_in_an_episode(life: Life, said: Said) -> None:
    for told in each(said):
        assert told.step.id not in [earlier.step.id for earlier in earlier_in_episode(life, told)]


def ranks_rise_in_an_episode(life: Life, said: Said) -> None:
    for told in each(said):
        assert all(earlier.step.rank < told.step.rank for earlier in earlier_in_episode(life, told))


def earlier_in_episode(life: Life, told: Told) -> list[Told]:
    """What the same person was told before about the loan, on the track, in the episode known now."""
    _, start = days_and_start(life, told.loan, told.step.track)
    mine = (told.loan, told.person, told.step.track)
    return [
        other
        for other in life.log
        if other is not told and (other.loan, other.person, other.step.track) == mine and other.on >= start
    ]


def no_step_in_order_or_of_legal_force_is_passed_over(life: Life, said: Said) -> None:
    """None that was there for him above what he had been told."""
    for told in each(said):
        party = Party(told.loan, told.person, told.kind)
        highest = max((e.step.rank for e in earlier_in_episode(life, told)), default=0)
        for step in lane_of(life, party, told.step.track):
            if highest < step.rank < told.step.rank:
                assert step.catch_up is CatchUp.LATEST
                assert not step.has_legal_force


def one_contact_a_person_a_run(life: Life, said: Said) -> None:
    persons = [{told.person for told in contact} for contact in said]
    assert all(len(who) == 1 for who in persons)
    assert max(Counter(who.pop() for who in persons).values(), default=0) <= 1


def no_two_steps_of_one_lane_on_one_day(life: Life, said: Said) -> None:
    today = [(t.loan, t.person, t.step.track) for t in life.log if t.on == life.on]
    assert len(today) == len(set(today))


def who_is_not_late_hears_nothing_but_reminders(life: Life, said: Said) -> None:
    for told in each(said):
        is_reminder = told.step.track is Track.BEFORE_DUE
        assert is_reminder != life.books[told.loan].is_late(life.on)


def a_reminder_once_for_each_due_day_and_step(life: Life, said: Said) -> None:
    reminders = [(t.loan, t.person, t.step.id, t.due_on) for t in life.log if t.due_on is not None]
    assert len(reminders) == len(set(reminders))


def no_reminder_of_a_day_that_is_paid_or_over(life: Life, said: Said) -> None:
    for told in each(said):
        if told.step.track is Track.BEFORE_DUE:
            assert told.due_on >= life.on
            assert dict(life.books[told.loan].open_parts(life.on))[told.due_on] > 0


def paper_only_for_who_cannot_be_reached_otherwise(life: Life, said: Said) -> None:
    for told in each(said):
        assert told.channel != Channel.LETTER or life.is_unreachable(told.person)


def no_e_mail_goes_where_the_last_two_did_not_arrive(life: Life, said: Said) -> None:
    for told in each(said):
        addresses = [
            row for row in life.world.points if row["person"] == told.person and row["kind"] == EMAIL
        ]
        in_vain = [life.is_in_vain(row["value"]) for row in addresses]
        assert told.channel != Channel.EMAIL or not all(in_vain)


def only_who_owes_the_loan_today_is_told(life: Life, said: Said) -> None:
    owing = {(party.loan, party.person, int(party.kind)) for party in life.parties()}
    assert {(told.loan, told.person, told.kind) for told in each(said)} <= owing


def nobody_is_told_of_a_loan_on_hold(life: Life, said: Said) -> None:
    assert not {told.loan for told in each(said)} & set(life.held)


PROMISES = (
    no_e_mail_goes_where_the_last_two_did_not_arrive,
    no_step_before_its_offset,
    no_step_sooner_after_the_last_than_their_offsets_lie_apart,
    no_step_twice_in_an_episode,
    ranks_rise_in_an_episode,
    no_step_in_order_or_of_legal_force_is_passed_over,
    one_contact_a_person_a_run,
    no_two_steps_of_one_lane_on_one_day,
    who_is_not_late_hears_nothing_but_reminders,
    a_reminder_once_for_each_due_day_and_step,
    no_reminder_of_a_day_that_is_paid_or_over,
    paper_only_for_who_cannot_be_reached_otherwise,
    only_who_owes_the_loan_today_is_told,
    nobody_is_told_of_a_loan_on_hold,
)


def what_a_guarantor_heard_changes_nothing_for_borrowers(life: Life, plan: DayPlan) -> None:
    guarantors = {(party.loan, party.person) for party in PARTIES if party.kind is GUARANTOR}
    done = [row for row in life.world.done if (row["loan"], row["person"]) not in guarantors]
    without = due_of(life, life.plan(replace(life.world, done=done)))
    borrowers = [place for place in without if place[2] == BORROWER]
    with_them = due_of(life, plan)
    assert borrowers == [place for place in with_them if place[2] == BORROWER]
    assert all(without[place] == with_them[place] for place in borrowers)
