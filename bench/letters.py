"""Letters set in a second of processor time, in three languages, beside a bare page of the same text.

The floor sets the same words with the same fonts into the same kind of file, on a page that has
nothing but them: no window, no letterhead, no feet, no rows, no rules about lines that stand alone.
"""

from __future__ import annotations

import json
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import typst

from arrears.channels.letter.house import Printed, PrintHouse
from arrears.channels.letter.samples import sample_letter
from arrears.channels.letter.typesetting import Letter, Typesetter, fonts_of, load_fonts
from arrears.channels.letter.windows import Window

LETTERS = 200
ON = date(2026, 7, 14)
_BARE = """
#set document(title: "A bare page", author: "Bank", date: datetime(year: 2026, month: 7, day: 14))
#set text(font: json(bytes(sys.inputs.fonts)), lang: "en")
#sys.inputs.text
"""


def main() -> None:
    print(f"{'language':10}{'bare page':>12}{'letter':>12}{'letters a second':>18}{'over the floor':>16}")
    typesetter = Typesetter()
    for language in ("en", "zh-Hans", "zh-Hant"):
        shown = sample_letter(language, on=ON)
        letters = [replace(shown.letter, number=str(number)) for number in range(LETTERS)]
        floor = _milliseconds(_bare_pages(letters))
        ours = _milliseconds(_letters(typesetter, letters, shown.window))
        print(f"{language:10}{floor:9.2f} ms{ours:9.2f} ms{1000 / ours:18.0f}{ours / floor:16.1f}")
    print(f"handing over, by the clock: {_handing_over():.2f} ms a letter in batches of 100")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _letters(typesetter: Typesetter, letters: list[Letter], window: Window) -> Callable[[], None]:
    def set_all() -> None:
        for letter in letters:
            typesetter.pdf(letter, window)

    return set_all


def _bare_pages(letters: list[Letter]) -> Callable[[], None]:
    folder = Path(tempfile.mkdtemp(prefix="arrears-bench-"))
    (folder / "bare.typ").write_text(_BARE, encoding="utf-8")
    compiler = typst.Compiler(
        input=str(folder / "bare.typ"),
        root=str(folder),
        font_paths=load_fonts(),
        ignore_system_fonts=True,
    )

    def set_all() -> None:
        for letter in letters:
            said = {"fonts": json.dumps(fonts_of(letter)), "text": f"{letter.number} {letter.body}"}
            compiler.compile(format="pdf", sys_inputs=said, pdf_standards=["a-2a", "ua-1"], timestamp=0)

    return set_all


def _milliseconds(work: Callable[[], None]) -> float:
    """Processor time per letter, warm."""
    work()
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000 / LETTERS


def _handing_over() -> float:
    folder = Path(tempfile.mkdtemp(prefix="arrears-bench-"))
    house = PrintHouse(folder)
    house.check()
    pdf = bytes(60_000)
    batch = [
        (Printed(n, f"{n}.pdf", 1, "TW", "zh-Hant", "210 x 297 mm", "iso_dl", "standard", "0" * 64), pdf)
        for n in range(100)
    ]
    began = time.perf_counter()
    house.hand_over(batch, at=datetime(2026, 7, 14, tzinfo=UTC))
    return (time.perf_counter() - began) * 1000 / len(batch)
