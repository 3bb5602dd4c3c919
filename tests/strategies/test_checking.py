"""What a check finds in a strategy that can be read, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from arrears.kernel.planning.strategy import Ladder, Segment, Strategy, Track
from arrears.kernel.vocabulary import Channel, NoticeKind, RecipientKind, name_of
from arrears.strategies.checking import check_strategy
from tests.kernel.planning.builders import a_step

EVERY_TEXT = {
    (name_of(notice), name_of(channel), language)
    for notice, channel, language in product(NoticeKind, Channel, ("en", "zh-Hans", "zh-Hant"))
}
IN_APP, CALL, EMAIL, LETTER = Channel.IN_APP, Channel.CALL, Channel.EMAIL, Channel.LETTER


def of_steps(*steps, **more) -> Strategy:
    return Strategy("mine", "v1", (Ladder("standard", steps),), **more)


def codes(strategy: Strategy, texts=EVERY_TEXT) -> list[tuple[str, str]]:
    return [(finding.code, finding.about) for finding in check_strategy(strategy, texts)]


def test_a_ladder_of_messages_that_can_be_written_is_without_findings():
    assert codes(of_steps(a_step(1, 3, window_days=4), a_step(2, 7, channel=(EMAIL, CALL)))) == []


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_a_text_missing_in_one_language_is_an_error_that_names_it(language):
    texts = EVERY_TEXT - {("payment_reminder", "email", language)}

    (finding,) = check_strategy(of_steps(a_step(1, 3, channel=(IN_APP, EMAIL))), texts)

    assert (finding.code, finding.is_error, finding.about) == ("no_text", True, "s1")
    assert finding.what == f"There is no text for payment_reminder over email in {language}."


def test_a_window_that_runs_into_the_next_step_is_remarked():
    first, second = a_step(1, 3, window_days=4), a_step(2, 7)

    assert codes(of_steps(first, second)) == []
    assert codes(of_steps(replace(first, window_days=5), second)) == [("window_overlaps", "s1")]


def test_windows_of_other_recipients_and_other_tracks_do_not_meet():
    long = a_step(1, 3, window_days=9)
    guarantor = a_step(2, 7, recipients=(RecipientKind.GUARANTOR,))

    assert codes(of_steps(long, guarantor)) == []
    assert codes(of_steps(long, a_step(2, 7, track=Track.REPORTING))) == []


def test_a_call_before_anything_electronic_is_remarked():
    assert codes(of_steps(a_step(1, 3, channel=CALL), a_step(2, 7))) == [("call_first", "s1")]
    assert codes(of_steps(a_step(1, 3), a_step(2, 7, channel=CALL))) == []


def test_a_message_to_the_borrower_is_nothing_tried_towards_the_guarantor():
    call = a_step(2, 7, channel=CALL, recipients=(RecipientKind.GUARANTOR,))

    assert codes(of_steps(a_step(1, 3), call)) == [("call_first", "s2")]


def test_a_step_for_the_unreachable_before_anything_electronic_is_remarked():
    letter = {"channel": LETTER, "only_if_unreachable": True}

    assert codes(of_steps(a_step(1, 3, **letter), a_step(2, 7))) == [("unreachable_first", "s1")]
    assert codes(of_steps(a_step(1, 3), a_step(2, 7, **letter))) == []


def test_a_ladder_that_no_segment_names_is_remarked_but_the_first():
    ladders = (Ladder("standard", (a_step(1, 3),)), Ladder("kind", (a_step(2, 3),)))

    assert codes(Strategy("mine", "v1", ladders)) == [("ladder_unreached", "kind")]
    assert codes(Strategy("mine", "v1", ladders, (Segment("kind", is_vulnerable=True),))) == []


def test_calls_that_are_never_planned_are_remarked():
    steps = (a_step(1, 3), a_step(2, 7, channel=CALL))

    (finding,) = check_strategy(of_steps(*steps, calls_per_day=0), EVERY_TEXT)

    assert (finding.code, finding.is_error) == ("no_calls", False)
    assert "s2" in finding.what
    assert codes(of_steps(*steps, calls_per_day=1)) == []
