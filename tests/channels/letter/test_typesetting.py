"""Letters as files: readable by everybody, the same each time, and with nothing missing in them."""

from __future__ import annotations

import re

import pytest

from arrears.channels.letter.windows import load_windows, usual_window
from arrears.kernel.errors import ChannelRefused
from tests.channels.letter.letters import CODE, PEOPLE, TYPESETTER, a_letter, plain, read, texts_of

LANGUAGES = tuple(PEOPLE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_text_stands_on_paper(language):
    letter = a_letter(language, loans=2)

    printed = plain("".join(texts_of(read(letter))))

    for paragraph in letter.body.split("\n"):
        assert plain(paragraph) in printed
    assert plain(letter.subject) in printed
    assert printed.count(CODE) == 3  # beside the address, in the text and at the foot


@pytest.mark.parametrize(("language", "tag"), [("en", "en-US"), ("zh-Hans", "zh-CN"), ("zh-Hant", "zh-TW")])
def test_the_file_says_what_it_is_and_can_be_read_aloud(language, tag):
    letter = a_letter(language)

    reader = read(letter)

    root = reader.trailer["/Root"]
    described = root["/Metadata"].get_data().decode()
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], "/StructTreeRoot" in root) == (tag, True, True)
    assert (reader.metadata.title, reader.metadata.author) == (letter.subject, letter.sender)
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in described
    assert "<pdfuaid:part>1</pdfuaid:part>" in described
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


@pytest.mark.parametrize(
    ("language", "region", "face"),
    [
        ("en", "US", "sc"),
        ("zh-Hans", "CN", "sc"),
        ("zh-Hans", "HK", "sc"),
        ("zh-Hant", "TW", "tc"),
        ("zh-Hant", "US", "tc"),
        ("zh-Hant", "HK", "hk"),
    ],
)
def test_characters_have_the_forms_of_the_place_and_their_fonts_are_in_the_file(language, region, face):
    reader = read(a_letter(language, region=region))

    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert {re.sub(r".*\+", "", font["/BaseFont"]) for font in fonts} == {
        f"NotoSansCJK{face}-Regular-Identity-H"
    }
    for font in fonts:
        described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert "/FontFile3" in described


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_letter_is_the_same_file(language):
    letter, window = a_letter(language), usual_window("TW")

    first = TYPESETTER.pdf(letter, window)
    TYPESETTER.pdf(a_letter("en", loans=4), window)

    assert TYPESETTER.pdf(letter, window) == first


def test_many_loans_go_over_several_pages_and_none_is_cut_in_two():
    letter = a_letter("en", loans=60)

    pages = [plain(page) for page in texts_of(read(letter))]

    rows = [plain(line) for line in letter.body.split("\n") if "reference ending" in line]
    assert len(rows) == 60
    assert all(any(row in page for page in pages) for row in rows)
    assert [f"Page{n}of{len(pages)}" in page for n, page in enumerate(pages, 1)] == [True] * len(pages)
    assert len(pages) == 4


@pytest.mark.parametrize("loans", range(2, 12))
def test_the_signature_is_never_alone_on_a_page(loans):
    letter = a_letter("zh-Hans", loans=loans)

    last = plain(texts_of(read(letter))[-1])

    assert plain(letter.body.split("\n")[-1]) in last


def test_no_line_of_a_paragraph_stands_alone_at_the_edge_of_a_page():
    long = "again and " * 60
    for before in range(14, 22):
        body = "\n\n".join(["Harbour Bank", *["A short paragraph."] * before, long, "The end."])

        first, *rest = texts_of(read(a_letter(body=body)))

        lines = [sum("again" in line for line in page.split("\n")) for page in (first, *rest)]
        assert all(count != 1 for count in lines), (before, lines)


def test_a_name_that_is_too_long_for_a_line_is_broken_and_kept_whole():
    name = "Maximiliana Konstantinopolitanskaya-Featherstonehaugh de la Fontaine y Villanueva"

    printed = plain(texts_of(read(a_letter(address=(name, "1 Example Plaza", "NEW YORK, NY 10001"))))[0])

    assert plain(name) in printed


def test_an_address_that_does_not_fit_into_the_window_is_refused_and_not_quoted():
    letter = a_letter(address=tuple(f"Line {number} of a secret" for number in range(12)))

    with pytest.raises(ChannelRefused) as raised:
        TYPESETTER.pdf(letter, load_windows()["us_10"])

    assert raised.value.code == "letter.address_too_long"
    assert "secret" not in f"{raised.value} {raised.value.facts}"


def test_a_character_that_no_font_has_is_refused_and_not_quoted():
    with pytest.raises(ChannelRefused) as raised:
        TYPESETTER.pdf(a_letter(address=("Ana \ue123 Torres", "1 Example Plaza")), usual_window("US"))

    assert raised.value.code == "letter.no_glyph"
    assert "Ana" not in str(raised.value)


def test_markup_in_a_name_is_only_text():
    name = '#panic("x") *Ana* \\ $Torres$ @a <b> = c'

    assert plain(name) in plain(texts_of(read(a_letter(address=(name, "1 Example Plaza"))))[0])


def test_a_specimen_says_so_on_every_page_and_a_letter_does_not():
    specimen = texts_of(read(a_letter(loans=40, is_specimen=True)))

    assert all("Specimen" in page for page in specimen)
    assert "Specimen" not in "".join(texts_of(read(a_letter(loans=40))))


def test_a_letter_without_the_name_in_its_first_line_loses_nothing():
    printed = plain(texts_of(read(a_letter(body="We write.\n\nThe end.")))[0])

    assert "Wewrite." in printed
    assert "Theend." in printed
