"""Letters that tests set, and what is read in the files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from arrears.channels.letter.address import read_address
from arrears.channels.letter.typesetting import Letter, Typesetter
from arrears.channels.letter.windows import Rectangle, Window, usual_window
from arrears.kernel.money import Money
from arrears.locale.notices import LateLoan, Wording, get_template

DAY = date(2026, 1, 5)
CODE = "K7QM-2XRD-9TVBF"
MILLIMETRES = 25.4 / 72
TYPESETTER = Typesetter()
PEOPLE = {
    "en": ("Ana Torres", "1 Example Plaza, New York, NY 10001", "US", "Harbour Bank"),
    "zh-Hans": ("李娜", "北京市东城区东长安街1号 100006", "CN", "海港银行"),
    "zh-Hant": ("王小明", "100臺北市中正區重慶南路一段122號", "TW", "海港商業銀行"),
}


def a_letter(language: str = "en", *, loans: int = 1, value: str = "", **changed: Any) -> Letter:
    """The shipped overdue notice about so many loans."""
    name, address, country, bank = PEOPLE[language]
    late = tuple(
        LateLoan("credit_card", f"{4000 + n}", DAY, 1, overdue=Money(391300 + n, "TWD")) for n in range(loans)
    )
    wording = Wording(bank, "bank.example/pay", "02 1234 5678", "bank.example/check", CODE, late)
    text = get_template("overdue_notice", "letter", language).fill(wording)
    read = read_address(value or address, name=name, country=country, from_country=country)
    usual: dict[str, Any] = {
        "sender": bank,
        "address": read.lines,
        "return_line": "PO Box 100",
        "subject": text.subject,
        "body": text.body,
        "language": language,
        "region": country,
        "on": DAY,
        "number": "17",
        "verification": CODE,
        "ask_through": "02 1234 5678",
        "check_through": "bank.example/check",
    }
    return Letter(**{**usual, **changed})


def read(letter: Letter, window: Window | None = None) -> PdfReader:
    return PdfReader(BytesIO(TYPESETTER.pdf(letter, window or usual_window(letter.region))))


def plain(text: str) -> str:
    """Without what depends on where lines end, and on the space between scripts."""
    return "".join(text.split())


def texts_of(reader: PdfReader) -> list[str]:
    return [page.extract_text() for page in reader.pages]


def seen_in(reader: PdfReader, part: Rectangle) -> str:
    """All text of the first page that begins in a part of the sheet, without spaces."""
    return "".join(
        text
        for text, left, top in _placed(reader)
        if part.left <= left <= part.right and part.top <= top <= part.bottom
    )


def _placed(reader: PdfReader) -> Iterator[tuple[str, float, float]]:
    page = reader.pages[0]
    height = float(page.mediabox.height)
    found: list[tuple[str, float, float]] = []

    def note(text: str, cm: list[float], tm: list[float], _font: Any, _size: float) -> None:
        left = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        up = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        if plain(text):
            found.append((plain(text), left * MILLIMETRES, (height - up) * MILLIMETRES))

    page.extract_text(visitor_text=note)
    return iter(found)
