"""What the documents say exists: links, paths, commands with their options, rule ids, terms."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from arrears.cli import arrears
from arrears.rulepacks import load_law
from tests.docs.documents import DOCUMENTS, ROOT, Document

EVERY_DOCUMENT = pytest.mark.parametrize(
    "document", [Document(path) for path in DOCUMENTS], ids=lambda each: str(each.path.relative_to(ROOT))
)


@EVERY_DOCUMENT
def test_every_link_leads_somewhere(document: Document) -> None:
    for link in document.links():
        if not link.startswith(("https://", "#")):
            assert (document.path.parent / link.split("#")[0]).exists(), link


@EVERY_DOCUMENT
def test_every_path_exists(document: Document) -> None:
    for path in document.paths():
        places = (ROOT, document.path.parent)
        assert any(list(place.glob(path)) for place in places), path


@EVERY_DOCUMENT
def test_every_command_exists_with_its_options(document: Document) -> None:
    for command in document.commands():
        if command.startswith("make "):
            assert re.search(rf"^{command.split()[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE), (
                command
            )
        else:
            check_command(shlex.split(command)[1:])


@EVERY_DOCUMENT
def test_no_line_is_too_long_to_be_read(document: Document) -> None:
    longest = max(document.text.splitlines(), key=len)

    assert len(longest) <= 160 or longest.startswith("|"), longest


def check_command(words: list[str]) -> None:
    """Walk down the groups, then look every option up."""
    command: click.Command = arrears
    context = click.Context(command, info_name="arrears")
    while words and isinstance(command, click.Group) and not words[0].startswith("-"):
        found = command.get_command(context, words.pop(0))
        assert found is not None, (command.name, words)
        command, context = found, click.Context(found, parent=context)
    known = {name for each in command.get_params(context) for name in (*each.opts, *each.secondary_opts)}
    for word in words:
        if word.startswith("--"):
            assert word.split("=")[0] in known, (command.name, word)


def test_both_readmes_name_the_same_commands() -> None:
    english, chinese = (Document(ROOT / name) for name in ("README.md", "README.zh.md"))

    assert [*english.shell_blocks()] != []
    assert english.commands()
    assert sorted(english.commands()) == sorted(chinese.commands())


def test_the_readmes_test_command_is_the_one_the_checks_run() -> None:
    assert "make test" in Document(ROOT / "README.md").commands()
    assert "make test" in (ROOT / ".ci/run").read_text()


def test_architecture_names_files_of_every_layer_in_the_order_of_the_day() -> None:
    paths = Document(ROOT / "ARCHITECTURE.md").paths()
    layers = [
        "actions/imports",
        "kernel/arrears",
        "kernel/planning",
        "kernel/law",
        "actions/gate",
        "channels",
    ]
    first = [next(i for i, path in enumerate(paths) if layer in path) for layer in layers]

    assert first == sorted(first), list(zip(layers, first, strict=True))


def test_the_glossary_gives_every_term_in_three_languages_and_in_order() -> None:
    rows = glossary_rows()

    assert len(rows) > 60
    assert all(len(row) == 4 and all(row) for row in rows)
    terms = [row[0] for row in rows]
    assert terms == sorted(set(terms))
    assert all(row[3].endswith(".") and row[3][0].isupper() for row in rows)


def test_the_glossary_has_the_words_the_source_is_named_by() -> None:
    terms = {row[0] for row in glossary_rows()}
    named = """borrower|loan|installment|arrears|past-due days|delinquent days|stage|contact point|attempt
        |outcome|receipt|notice|channel|provider|promise|plan|hold|placement|authority|dispute|furnish|rule
        |pack|citation|candidate|decision|episode|step key|gate|cleared|release|binding|watermark
        |late without balance|scope key"""

    assert {word.strip() for word in named.split("|")} <= terms


def glossary_rows() -> list[list[str]]:
    lines = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_every_decision_is_numbered_and_titled_by_what_was_decided() -> None:
    files = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
    titles = [file.read_text(encoding="utf-8").splitlines()[0] for file in files]

    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))
    assert all(title.startswith("# ") for title in titles)
    assert len(set(titles)) == len(titles)


def test_the_changelog_names_every_rule_with_the_day_it_begins() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    law = load_law()

    off = [rule for rule, _ in law.switched_off]
    for rule in (*law.rules, *law.exceptions, *off):
        line = next((line for line in text.splitlines() if f"`{rule.id}`" in line), None)
        assert line is not None, rule.id
        for day in (rule.in_force_from, rule.in_force_until):
            assert day is None or day.isoformat() in line, line
