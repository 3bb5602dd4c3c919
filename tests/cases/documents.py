"""`docs/cases.md`, made from what came of the cases."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from tests.cases.verdicts import FOLDER, Source, Verdict, all_verdicts

_HEAD = """# Independent cases

What became of cases that others wrote for other systems when our arrears were asked the same questions.
They are not part of this repository; where they lie beside it (`../shared/cases`), `make test` asks
them all again, and `python -m tests.cases` makes this table. A case **agrees** when every question it
asks has the same answer: days, amounts, ranges, what each payment paid of which installment, on every
day asked and with what was known on that day. It **differs** where we chose otherwise, for the reason
given. **Not modelled** is what is no question of arrears, or no fact a lender's books would bring.
"""
_OTHERS = """
## Not asked here

| source | cases | why |
|---|---|---|
"""


def document() -> str:
    """The whole text. It takes as long as asking every case."""
    told = list(all_verdicts())
    parts = [_HEAD, _summary(told), *(_of_source(source, verdicts) for source, verdicts in told)]
    return "\n".join(parts) + _OTHERS + "".join(_not_asked())


def _summary(told: list[tuple[Source, list[Verdict]]]) -> str:
    lines = ["| source | agrees | differs | not modelled | questions |", "|---|---|---|---|---|"]
    for source, verdicts in told:
        words = Counter(each.word for each in verdicts)
        counts = " | ".join(str(words[word]) for word in ("agrees", "differs", "not modelled"))
        lines.append(f"| {source.title} | {counts} | {sum(each.questions for each in verdicts):,} |")
    return "\n".join(lines) + "\n"


def _of_source(source: Source, verdicts: list[Verdict]) -> str:
    lines = [f"## {source.title}", "", source.attribution, "", "| case | verdict | questions | why |"]
    lines.append("|---|---|---|---|")
    for each in sorted(verdicts, key=lambda each: (each.word == "agrees", each.word, each.id)):
        lines.append(f"| `{each.id}` | {each.word} | {each.questions} | {each.reason} |")
    return "\n".join(lines) + "\n"


def _not_asked() -> Iterator[str]:
    for source, verdicts in all_verdicts():
        told = json.loads((FOLDER / source.file).read_text(encoding="utf-8"))["cases"]
        skipped = Counter(filter(None, map(source.skips, told)))
        assert len(verdicts) + sum(skipped.values()) == len(told), source.file
        for why, count in sorted(skipped.items()):
            yield f"| {source.title} | {count} | {why} |\n"
    for file, why in (
        ("actus_ann.json", "how a schedule is worked out; here it comes from the lender"),
        ("regf_items.json", "questions of contact law, which the rule packs answer"),
    ):
        told = json.loads((FOLDER / file).read_text(encoding="utf-8"))
        yield f"| {file.removesuffix('.json')} | {len(told['cases'])} | {why} |\n"
