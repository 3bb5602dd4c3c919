"""From cleared contacts to a batch of the print house."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from arrears.channels.base import Accepted
from arrears.channels.letter.house import PrintHouse
from arrears.kernel.errors import ChannelRefused, ChannelUnavailable
from tests.channels.builders import NOW, a_contact, a_letter_channel, a_paper


def a_letter_contact(attempt=17, **changed):
    return a_contact(
        channel="letter",
        attempt=attempt,
        **{"address": "1 Example Plaza, New York, NY 10001", "paper": a_paper(), **changed},
    )


def manifest(folder):
    (path,) = folder.glob("[0-9]*/manifest.jsonl")
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_contacts_given_together_are_one_batch(tmp_path):
    with a_letter_channel(tmp_path) as channel:
        answers = list(channel.send_all([a_letter_contact(17), a_letter_contact(18)]))

    assert answers == [Accepted(), Accepted()]
    assert [
        (each["attempt"], each["pages"], each["country"], each["service"]) for each in manifest(tmp_path)
    ] == [
        (17, 1, "US", "standard"),
        (18, 1, "US", "standard"),
    ]


def test_the_letter_says_the_text_as_it_is_kept(tmp_path):
    with a_letter_channel(tmp_path) as channel:
        channel.send(a_letter_contact())

    (path,) = tmp_path.glob("[0-9]*/17.pdf")
    printed = PdfReader(BytesIO(path.read_bytes())).pages[0].extract_text()
    assert "Please pay or ask us." in printed
    assert "Ana Torres\n1 Example Plaza\nNEW YORK, NY 10001" in printed


def test_one_that_cannot_be_printed_stops_no_other(tmp_path):
    nowhere = a_letter_contact(18, address="1 Example Plaza, New York")
    nobody = a_letter_contact(19, paper=a_paper(recipient=""))
    late = a_letter_contact(20, send_before=NOW)

    with a_letter_channel(tmp_path) as channel:
        first, second, third, fourth = channel.send_all([a_letter_contact(17), nowhere, nobody, late])

    assert first == Accepted()
    assert isinstance(second, ChannelRefused)
    assert (second.code, third.code) == ("letter.no_postal_code", "letter.no_name")
    assert isinstance(fourth, ChannelUnavailable)
    assert fourth.code == "channel.too_late"
    assert [each["attempt"] for each in manifest(tmp_path)] == [17]


def test_one_whose_time_passes_while_others_are_set_does_not_leave(tmp_path):
    ticks = iter([NOW, NOW])
    with a_letter_channel(tmp_path, now=lambda: next(ticks, NOW + timedelta(hours=1))) as channel:
        answers = list(channel.send_all([a_letter_contact(17), a_letter_contact(18)]))

    assert [answer.code for answer in answers] == ["channel.too_late"] * 2
    assert not list(tmp_path.glob("[0-9]*"))


def test_an_attempt_that_the_print_house_has_is_accepted_and_not_printed_again(tmp_path):
    with a_letter_channel(tmp_path) as channel:
        channel.send(a_letter_contact(17))
        answers = list(channel.send_all([a_letter_contact(17), a_letter_contact(18)]))

    assert answers == [Accepted(), Accepted()]
    assert [len(letters) for letters, _ in PrintHouse(tmp_path).batches().values()] == [1, 1]


def test_a_sink_says_on_every_page_that_it_is_a_specimen(tmp_path):
    with a_letter_channel(tmp_path, is_sink=True) as channel:
        channel.send(a_letter_contact())

    (path,) = tmp_path.glob("[0-9]*/17.pdf")
    assert "Specimen" in PdfReader(BytesIO(path.read_bytes())).pages[0].extract_text()


@pytest.mark.parametrize(("country", "window"), [("US", "us_10"), ("GB", "uk_dl"), ("CN", "iso_dl")])
def test_the_envelope_is_that_of_where_the_lender_is(tmp_path, country, window):
    contact = a_letter_contact()
    paper = replace(contact.paper, from_country=country)

    with a_letter_channel(tmp_path) as channel:
        channel.send(replace(contact, paper=paper))

    assert [each["window"] for each in manifest(tmp_path)] == [window]
