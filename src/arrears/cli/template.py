"""`arrears template`: whether what borrowers are told says what it must and nothing it may not."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from arrears.cli.errors import FAILED
from arrears.cli.options import LANGUAGE
from arrears.cli.output import format_option, note, print_report
from arrears.kernel.vocabulary import LANGUAGES, ActorKind, code_of, name_of

if TYPE_CHECKING:
    from arrears.locale.notices import Template

_COLUMNS = ("notice", "channel", "language", "actors", "rule", "problem", "citation")


@click.group()
def template() -> None:
    """The texts of notices: whether each may be sent under the rules of content."""


@template.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--lang", type=LANGUAGE, help="Language of FILE. Default: its folder's name.")
@click.option(
    "--jurisdiction",
    "jurisdictions",
    multiple=True,
    metavar="NAME",
    help="Only the rules of this one, cn or us (repeat it), beside the house's own. Default: all.",
)
@click.option(
    "--actor",
    type=click.Choice([name_of(kind) for kind in ActorKind]),
    help="Only the texts of this sender. Default: each text, for all who send it.",
)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The law of this day. Default: today.")
@format_option
@click.pass_context
def check(
    context: click.Context,
    file: Path | None,
    *,
    lang: str | None,
    jurisdictions: tuple[str, ...],
    actor: str | None,
    on: datetime | None,
    format_: str,
) -> None:
    """Check the shipped texts of notices, or those of FILE, against the rules of content.

    A creditor and a debt collector send texts of their own; each is checked for those who send it.
    FILE is a TOML file like the shipped notices.toml of a language. Every finding names the rule, the
    text and the words, or the fact that is missing. Ends with code 1 when there is one.
    """
    from arrears.actions.templates import check_templates, content_rules

    sender = None if actor is None else code_of(ActorKind, actor)
    texts = [each for each in _texts(file, lang) if actor is None or actor in each.actors]
    names = list(jurisdictions) or None
    found = check_templates(
        texts,
        on=(on or datetime.now().astimezone()).date(),
        jurisdictions=names,
        actor=sender,
    )
    rows = [
        {
            "notice": each.template.notice,
            "channel": each.template.channel,
            "language": each.template.language,
            "actors": list(each.template.actors),
            "rule": each.finding.rule.id,
            "problem": each.finding.what,
            "citation": each.finding.rule.citation,
        }
        for each in found
    ]
    print_report(format_, "What the rules have against the texts", rows, columns=list(_COLUMNS))
    if found:
        context.exit(FAILED)
    note(f"{len(texts)} texts, {len(content_rules(names))} rules: all in order.")


def _texts(file: Path | None, lang: str | None) -> list[Template]:
    from arrears.actions.templates import read_template_file, shipped_templates

    if file is None:
        return shipped_templates()
    language = lang or file.resolve().parent.name
    if language not in LANGUAGES:
        raise click.UsageError(f"Which language is {file.name} in? Say it with --lang.")
    return read_template_file(file, language)
