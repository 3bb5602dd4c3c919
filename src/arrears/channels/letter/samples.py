"""Letters to look at: what nobody is sent, and one that needs nothing on file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from arrears.channels.letter.address import read_address
from arrears.channels.letter.typesetting import Letter, Typesetter
from arrears.channels.letter.windows import Window, find_window
from arrears.kernel.money import Money
from arrears.kernel.vocabulary import Channel, NoticeKind, name_of
from arrears.locale.notices import LateLoan, Wording, get_template

_LETTER = name_of(Channel.LETTER)
_OVERDUE = name_of(NoticeKind.OVERDUE_NOTICE)
_SAMPLE_CODE = "K7QM-2XRD-9TVBF"


@dataclass(frozen=True, slots=True)
class _Invented:
    """Who writes to whom in a sample, and about how much."""

    bank: str
    name: str
    address: str
    country: str
    currency: str
    pay: str
    ask: str


_SAMPLES = {
    "en": _Invented(
        bank="Harbour Bank",
        name="Ana Torres",
        address="1 Example Plaza, New York, NY 10001",
        country="US",
        currency="USD",
        pay="www.harbour.example/pay",
        ask="0800 555 0100",
    ),
    "zh-Hans": _Invented(
        bank="海港银行",
        name="李娜",
        address="100006 北京市东城区东长安街1号",
        country="CN",
        currency="CNY",
        pay="www.harbour.example/pay",
        ask="010 5555 0100",
    ),
    "zh-Hant": _Invented(
        bank="海港商業銀行",
        name="王小明",
        address="100臺北市中正區重慶南路一段122號",
        country="TW",
        currency="TWD",
        pay="www.harbour.example/pay",
        ask="02 5555 0100",
    ),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter that nobody is sent, and the envelope it is set for."""

    letter: Letter
    window: Window

    def pdf(self) -> bytes:
        """The file. Raises ChannelRefused when the letter cannot be set."""
        return Typesetter().pdf(self.letter, self.window)

    def pictures(self) -> list[bytes]:
        """Each page as a PNG. Raises ChannelRefused when the letter cannot be set."""
        return Typesetter().pictures(self.letter, self.window)


def sample_letter(language: str, *, on: date, window: str | None = None) -> Shown:
    """The shipped overdue notice from an invented bank to an invented borrower; needs no database."""
    who = _SAMPLES[language]
    loan = LateLoan("credit_card", "4821", on, 1, overdue=Money(391300, who.currency))
    wording = Wording(who.bank, who.pay, who.ask, who.ask, _SAMPLE_CODE, (loan,), country=who.country)
    text = get_template(_OVERDUE, _LETTER, language).fill(wording)
    address = read_address(who.address, name=who.name, country=who.country, from_country=who.country)
    letter = Letter(
        sender=who.bank,
        address=address.lines,
        return_line="",
        subject=text.subject,
        body=text.body,
        language=language,
        region=who.country,
        on=on,
        number="1",
        verification=_SAMPLE_CODE,
        ask_through=who.ask,
        check_through=who.ask,
        is_specimen=True,
    )
    return Shown(letter, find_window(window, who.country))
