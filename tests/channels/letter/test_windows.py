"""What is seen through the windows of envelopes, and what stands there."""

from __future__ import annotations

import pytest

from arrears.channels.letter.windows import find_window, load_windows, usual_window
from arrears.kernel.errors import NotFound
from tests.channels.letter.letters import a_letter, plain, read, seen_in

WINDOWS = tuple(load_windows())


def test_form_b_shows_the_field_that_its_standard_gives_the_address():
    window = load_windows()["din_5008_b"]

    assert window.perhaps == (10, 45, 110, 95)
    assert window.always == (20, 50, 100, 90)


def test_every_window_leaves_room_for_the_lines_of_an_address_beside_the_margin():
    for window in load_windows().values():
        assert window.always.bottom - window.always.top > 16
        assert window.perhaps.top <= window.always.top
        assert window.always.right - 25 > 70


@pytest.mark.parametrize(
    ("country", "name"),
    [("US", "us_10"), ("GB", "uk_dl"), ("CN", "iso_dl"), ("TW", "iso_dl"), ("FR", "din_5008_b")],
)
def test_each_country_has_its_usual_envelopes(country, name):
    assert usual_window(country).name == name


def test_an_unknown_envelope_is_an_error_that_names_the_known():
    with pytest.raises(NotFound, match="din_5008_b, iso_dl"):
        find_window("c4", "CN")


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_nothing_but_the_addresses_shows_in_any_position(name, language):
    window = load_windows()[name]
    letter = a_letter(language, loans=3)

    seen = seen_in(read(letter, window), window.perhaps)

    expected = "".join([*([letter.return_line] if window.has_return_line else []), *letter.address])
    assert seen == plain(expected)


@pytest.mark.parametrize("name", WINDOWS)
def test_the_address_shows_in_every_position(name):
    window = load_windows()[name]
    letter = a_letter(address=("Ana Torres", "line 2", "line 3", "line 4"))

    assert plain("".join(letter.address)) in seen_in(read(letter, window), window.always)
