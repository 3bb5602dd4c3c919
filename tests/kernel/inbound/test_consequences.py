"""What follows from a message, by what it says, how sure that is, and who wrote it."""

from __future__ import annotations

import pytest

from arrears.kernel.inbound.consequences import Consequences, Standing, consequences_of
from arrears.kernel.inbound.understanding import understand
from arrears.kernel.inbound.wishes import Certainty3, Found, Understood, Wish
from arrears.locale.inbound import load_lexicon


def told(*found):
    wishes = tuple(each.wish for each in found)
    surest = max((each.certainty for each in found), key=lambda each: each.strength)
    return Understood(wishes, surest, (), tuple(found))


def found(wish, certainty=Certainty3.CLEAR, *, entry="test.sentence", subject=""):
    return Found(wish, certainty, entry, "", subject)


def follows(*each, channel="sms", standing=Standing.DEBTOR):
    return consequences_of(told(*each), channel=channel, standing=standing)


ALL = Consequences(person_off=(None,), value_off=(None,))
TEXTS = Consequences(person_off=("sms",), value_off=("sms",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("STOP", TEXTS), ("TD", TEXTS), ("退订", TEXTS), ("stop texting me", TEXTS)),
        *(("Never contact me again", ALL), ("別再聯絡我", ALL)),
        ("no more calls", Consequences(person_off=("call",), value_off=("call",))),
        ("wrong number", Consequences(value_off=(None,), is_wrong_number=True)),
        ("He passed away", Consequences(pauses=(None,), is_death=True, needs_person=True)),
        ("我要投诉", Consequences(requests=("complaint",), needs_person=True)),
        ("don't call my work", Consequences(not_at_work=True)),
        ("START", Consequences(lifts=True)),
        ("我已经还了", Consequences(holds=("dispute",), requests=("dispute",), needs_person=True)),
    ],
)
def test_what_the_shipped_words_lead_to_for_a_debtor(text, expected):
    understood = understand(text, load_lexicon())

    assert consequences_of(understood, channel="sms", standing=Standing.DEBTOR) == expected


@pytest.mark.parametrize("standing", [Standing.THIRD_PERSON, Standing.HOLDER])
@pytest.mark.parametrize("wish", [Wish.STOP, Wish.STOP_CHANNEL, Wish.STOP_THIRD_PERSON])
def test_a_third_person_is_left_alone_by_every_way(wish, standing):
    assert follows(found(wish, entry="test.keyword"), standing=standing) == ALL


@pytest.mark.parametrize("wish", [wish for wish in Wish if wish not in {Wish.RESUME, Wish.OTHER}])
def test_a_hint_lets_the_way_it_came_wait_and_nothing_else(wish):
    expected = Consequences(pauses=("email",), needs_person=True)

    assert follows(found(wish, Certainty3.HINT), channel="email") == expected


@pytest.mark.parametrize("wish", Wish)
def test_what_is_unclear_stops_nothing_and_takes_nothing_up(wish):
    assert follows(found(wish, Certainty3.UNCLEAR)) == Consequences(needs_person=True)


def test_a_hint_to_take_contact_up_again_does_not():
    assert follows(found(Wish.RESUME, Certainty3.HINT)) == Consequences(needs_person=True)


def test_several_wishes_are_all_done():
    both = follows(found(Wish.STOP_CHANNEL, subject="call"), found(Wish.HARDSHIP))

    assert both == Consequences(
        person_off=("call",), value_off=("call",), requests=("hardship",), needs_person=True
    )


def test_a_word_that_is_no_channel_means_the_way_it_came():
    assert follows(found(Wish.STOP_CHANNEL, subject="pigeon")) == TEXTS
