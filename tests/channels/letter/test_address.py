"""Addresses as people wrote them once, in the lines that the post of their country reads."""

from __future__ import annotations

import pytest

from arrears.channels.letter.address import read_address
from arrears.kernel.errors import ChannelRefused

NAME = "李娜"


def lines(value, country, from_country=None):
    return read_address(value, name=NAME, country=country, from_country=from_country or country).lines


@pytest.mark.parametrize(
    ("value", "country", "expected"),
    [
        (
            "广东省深圳市南山区科技园路1号3栋502室 518057",
            "CN",
            ["518057", "广东省深圳市南山区", "科技园路1号3栋502室"],
        ),
        ("邮编：100006，北京市东城区东长安街1号", "CN", ["100006", "北京市东城区", "东长安街1号"]),
        ("10048臺北市中正區重慶南路一段122號", "TW", ["10048", "臺北市中正區", "重慶南路一段122號"]),
        ("台北市中正區重慶南路一段122號 100", "TW", ["100", "台北市中正區", "重慶南路一段122號"]),
        ("九龍彌敦道100號5樓", "HK", ["九龍", "彌敦道100號5樓"]),
        ("香港中環皇后大道中1號", "HK", ["香港中環皇后大道中1號"]),
    ],
)
def test_a_chinese_address_begins_with_the_code_and_ends_with_the_name(value, country, expected):
    *address, name = lines(value, country)

    assert address == expected
    assert name == {"CN": "李娜　收", "TW": "李娜　君啟", "HK": "李娜"}[country]


@pytest.mark.parametrize(
    ("value", "country", "expected"),
    [
        ("1 Example Plaza, New York, NY 10001", "US", ["1 Example Plaza", "NEW YORK, NY 10001"]),
        (
            "1 Example Plaza\nApt 12\nNew York, NY 10001",
            "US",
            ["1 Example Plaza, Apt 12", "NEW YORK, NY 10001"],
        ),
        ("Flat 2, 10 High Street, Leeds LS1 4AP", "GB", ["Flat 2, 10 High Street", "LEEDS", "LS1 4AP"]),
        ("Hauptstr. 5, 10115 Berlin", "DE", ["Hauptstr. 5", "10115 BERLIN"]),
        ("1 Raffles Place #05-01, Singapore 048616", "SG", ["1 Raffles Place #05-01", "SINGAPORE 048616"]),
        ("Flat 5, 1 Nathan Road, Kowloon", "HK", ["Flat 5", "1 Nathan Road", "KOWLOON"]),
        ("12 MG Road, Bengaluru 560001, Karnataka", "IN", ["12 MG Road", "BENGALURU 560001", "Karnataka"]),
    ],
)
def test_a_western_address_begins_with_the_name_and_ends_with_the_town(value, country, expected):
    name, *address = lines(value, country)

    assert (name, address) == (NAME, expected)


def test_the_country_is_named_only_abroad():
    assert lines("10 High Street, Leeds LS1 4AP", "GB", "CN")[-1] == "UNITED KINGDOM"
    assert lines("10 High Street, Leeds LS1 4AP", "GB", "GB")[-1] == "LS1 4AP"


def test_an_address_that_names_its_country_is_there_whatever_is_recorded():
    read = read_address("1 High St, Springfield, IL 62704, USA", name=NAME, country="TW", from_country="TW")

    assert read == ((NAME, "1 High St", "SPRINGFIELD, IL 62704", "UNITED STATES"), "US")


@pytest.mark.parametrize(
    ("value", "country", "code"),
    [
        ("  ", "CN", "letter.no_address"),
        ("北京", "CN", "letter.incomplete"),
        ("北京市东城区", "CN", "letter.incomplete"),
        ("Somewhere", "HK", "letter.incomplete"),
        ("1 Elsewhere Road", "TW", "letter.incomplete"),
        ("1 Example Plaza, New York, NY", "US", "letter.no_postal_code"),
        ("10 High Street, Leeds", "GB", "letter.no_postal_code"),
        ("10 High Street, Leeds 10001", "GB", "letter.no_postal_code"),
        ("1 Example Plaza, Elsewhere", "", "letter.no_country"),
        ("1 Example Plaza, Elsewhere", "ZZ", "letter.no_country"),
    ],
)
def test_too_little_of_an_address_is_refused_and_not_quoted(value, country, code):
    with pytest.raises(ChannelRefused) as raised:
        lines(value, country)

    assert raised.value.code == code
    assert not value.strip() or value not in str(raised.value)


def test_a_letter_is_to_somebody():
    with pytest.raises(ChannelRefused, match="no name"):
        read_address("北京市东城区东长安街1号", name=" ", country="CN", from_country="CN")
