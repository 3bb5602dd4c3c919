"""Sets letters with Typst: the same letter on the same day is the same file, byte for byte.

The file is PDF/A-2a and PDF/UA-1: tagged, with its language, its title and every font that it uses
inside it. Fonts come from one package of this installation and from nowhere else, so no machine
sets a letter differently from another. Typst itself refuses a character that no font has.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Literal

import noto_cjk_sans_otc
import typst

from arrears.channels.letter.windows import Window
from arrears.kernel.errors import ChannelRefused
from arrears.locale.dates import said_date
from arrears.locale.letters import LetterWords, letter_words

_TEMPLATE = Path(__file__).with_name("letter.typ")
_FACES = ("SC", "TC", "HK")
_TRADITIONAL = {"TW": "TC", "HK": "HK", "MO": "HK"}
"""Countries that write Chinese in traditional characters, and the face with their forms."""
_STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]
_NO_GLYPH = "could not be displayed"
_TOO_LONG = "letter.address_too_long"


@dataclass(frozen=True, slots=True)
class Letter:
    """What stands on paper.

    address      the lines in the window
    return_line  the sender's address above them; empty where none is printed
    body         paragraphs with an empty line between; the first may be the sender's name alone
    region       the country whose forms of characters and of days are used (ISO 3166-1)
    on           the day it bears
    number       ours, by which the recipient and we can name it
    is_specimen  it says on every page that it is none that was sent
    """

    sender: str
    address: tuple[str, ...] = field(repr=False)
    return_line: str
    subject: str = field(repr=False)
    body: str = field(repr=False)
    language: str
    region: str
    on: date
    number: str
    verification: str = field(repr=False)
    ask_through: str
    check_through: str
    is_specimen: bool = False


class Typesetter:
    """Sets one letter after another with one compiler, which reads the fonts once."""

    def __init__(self) -> None:
        self._compiler = typst.Compiler(
            input=str(_TEMPLATE),
            root=str(_TEMPLATE.parent),
            font_paths=load_fonts(),
            ignore_system_fonts=True,
        )

    def pdf(self, letter: Letter, window: Window) -> bytes:
        """The letter as a file to print. Raises ChannelRefused when it cannot be set, quoting nothing."""
        made = self._compile(letter, window, "pdf")
        assert isinstance(made, bytes), type(made)
        return made

    def pictures(self, letter: Letter, window: Window, *, dots_per_inch: int = 110) -> list[bytes]:
        """Each page as a PNG, to look at."""
        made = self._compile(letter, window, "png", ppi=dots_per_inch)
        return made if isinstance(made, list) else [made]

    def _compile(
        self, letter: Letter, window: Window, form: Literal["pdf", "png"], *, ppi: int | None = None
    ) -> bytes | list[bytes]:
        made_at = datetime(letter.on.year, letter.on.month, letter.on.day, tzinfo=UTC)
        told = json.dumps(_told(letter, window), ensure_ascii=False)
        try:
            made = self._compiler.compile(
                format=form,
                ppi=ppi,
                sys_inputs={"letter": told},
                pdf_standards=list(_STANDARDS) if form == "pdf" else [],
                timestamp=int(made_at.timestamp()),
            )
        except typst.TypstError as error:
            raise _refused(error) from None
        assert made is not None
        return made


def _told(letter: Letter, window: Window) -> dict[str, object]:
    """What the template reads."""
    words = letter_words(letter.language)
    lang, script, region = _tagged(letter)
    return {
        "sender": letter.sender,
        "address": letter.address,
        "return_line": letter.return_line if window.has_return_line else "",
        "subject": letter.subject,
        "paragraphs": _paragraphs(letter),
        "lang": lang,
        "script": script,
        "region": region,
        "fonts": fonts_of(letter),
        "date": _date(letter),
        "day": (letter.on.year, letter.on.month, letter.on.day),
        "about": _about(letter, words),
        "contacts": [
            (words.ask, letter.ask_through),
            (words.check, f"{letter.check_through} · {letter.verification}"),
        ],
        "specimen": words.specimen if letter.is_specimen else "",
        "words": {"page": words.page},
        "window": {
            "paper": window.paper,
            "always": window.always,
            "perhaps": window.perhaps,
            "folds": window.folds if window.has_marks else (),
        },
    }


def _date(letter: Letter) -> str:
    return said_date(letter.on, letter.language, letter.region)


def _about(letter: Letter, words: LetterWords) -> list[tuple[str, str]]:
    return [
        (words.on, _date(letter)),
        (words.number, letter.number),
        (words.code, letter.verification),
    ]


def _paragraphs(letter: Letter) -> list[list[str]]:
    """The text without its first line where that is the sender's name: it is the letterhead."""
    blocks = [block.strip("\n").split("\n") for block in letter.body.split("\n\n") if block.strip()]
    return blocks[1:] if blocks[0] == [letter.sender] else blocks


def _tagged(letter: Letter) -> tuple[str, str, str]:
    """Language, script and region, as Typst takes them."""
    lang, _, script = letter.language.partition("-")
    if lang != "zh":
        return lang, "latn", letter.region
    of_script = {"Hans": "CN", "Hant": letter.region if letter.region in _TRADITIONAL else "TW"}
    return lang, script.lower(), of_script[script]


def fonts_of(letter: Letter) -> list[str]:
    """The forms of characters that the reader knows, and the others for what these lack."""
    own = "SC"
    if letter.language == "zh-Hant" or (letter.language == "en" and letter.region in _TRADITIONAL):
        own = _TRADITIONAL.get(letter.region, "TC")
    return [f"Noto Sans CJK {face}" for face in (own, *(face for face in _FACES if face != own))]


@cache
def load_fonts() -> typst.Fonts:
    """Those of the one package, and no others."""
    folder = str(Path(noto_cjk_sans_otc.__file__).parent)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


def _refused(error: typst.TypstError) -> ChannelRefused:
    """Typst quotes what it could not set; we do not."""
    said = str(error)
    if _NO_GLYPH in said:
        return _no("no_glyph", "The letter has a character that no font of this installation has.")
    if _TOO_LONG in said:
        return _no("address_too_long", "The address does not fit into the window.")
    raise AssertionError("the template of letters is wrong") from error


def _no(code: str, what: str) -> ChannelRefused:
    return ChannelRefused(f"letter.{code}", what, is_address_dead=False)
