"""What `arrears demo` prints at its end."""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from arrears.actions.explanations import explain
from arrears.actions.telling import tell
from arrears.cli.output import print_report
from arrears.demo import figures, foretelling, story
from arrears.demo.drawing import stacked_bars
from arrears.demo.life import CHALLENGER, CHAMPION, Day, Life
from arrears.store import clock

_BAR_WIDTH = 60
_STATES_SHOWN: dict[str, dict[str, tuple[str, ...]]] = {
    "in_app": {"app": figures.LEFT},
    "email": {
        "e-mail": figures.LEFT,
        "no such mailbox": ("refused_by_provider",),
        "unsure": ("unsure",),
    },
    "sms": {"text": figures.LEFT},
    "call": {"call": figures.LEFT},
}
_DAYS_OF_A_TABLE = 7


def print_figures(life: Life, lived: Sequence[Day], server_record: Sequence[Mapping[str, Any]]) -> None:
    _print_ageing(lived)
    _print_contacts(lived)
    _print_arms()
    _print_refusals(life)
    _print_reconciliation(server_record)


def _print_ageing(lived: Sequence[Day]) -> None:
    late = [(day.on, day.ageing.ageing) for day in lived if day.ageing]
    buckets = {row.name: None for _, ageing in late for row in ageing.buckets}
    names = sorted(buckets, key=lambda name: int(name.rstrip("+").split("-")[0]))
    parts = [f"{name} days" for name in names]
    counts = [dict.fromkeys(parts, 0) | {f"{row.name} days": row.loans for row in a.buckets} for _, a in late]
    rows = [
        {"morning of": f"{on:%a %Y-%m-%d}", "late": ageing.late.loans}
        | of_day
        | {"late without balance": ageing.late.late_without_balance}
        for (on, ageing), of_day in zip(late, counts, strict=True)
    ]
    weekly = [*rows[:-1:_DAYS_OF_A_TABLE], *rows[-1:]]
    print_report("table", "Ageing: loans late as reported, by days past due", weekly)
    bars = [(f"{on:%m-%d}", list(of_day.values())) for (on, _), of_day in zip(late, counts, strict=True)]
    _draw(stacked_bars(bars, parts=parts, width=_BAR_WIDTH))


def _print_contacts(lived: Sequence[Day]) -> None:
    shown = {name: (channel, states) for channel, of in _STATES_SHOWN.items() for name, states in of.items()}
    by_step: dict[tuple[int, str], Counter[str]] = {}
    by_day = {day.on: Counter[str]() for day in lived}
    for found in figures.contacts_by_step():
        for name, (channel, states) in shown.items():
            if found.channel == channel and found.state in states:
                by_step.setdefault((found.rank, found.step), Counter())[name] += found.count
                by_day[found.on][channel] += found.count
    rows = [
        {"step": step, **{name: counts[name] for name in shown}}
        for (_, step), counts in sorted(by_step.items())
    ]
    print_report("table", "Contacts, by step and what became of them", rows)
    bars = [(f"{on:%m-%d}", [counts[channel] for channel in _STATES_SHOWN]) for on, counts in by_day.items()]
    _draw(stacked_bars(bars, parts=["app", "e-mail", "text", "call"], width=_BAR_WIDTH))


def _print_arms() -> None:
    rows = [
        {
            "ladder": CHALLENGER if arm.is_challenger else CHAMPION,
            "loans with a step due": arm.due,
            "contacted": arm.contacted,
            "contacts": arm.contacts,
            "of them calls": arm.calls,
            "paid after a contact": arm.paid,
        }
        for arm in figures.arms()
    ]
    print_report("table", "Two ladders side by side (borrowers drawn by lot)", rows)


def _print_refusals(life: Life) -> None:
    rows = [
        {
            "rule": found.rule,
            "loans": found.loans,
            "by the run": found.by_plan,
            "by the gate": found.by_gate,
            "what it says": life.law.rule(found.rule).about["en"],
        }
        for found in figures.refusals_by_rule()
    ]
    print_report(
        "table", "Refusals by rule: steps not taken (one that stays due is asked about again every day)", rows
    )


def _print_reconciliation(server_record: Sequence[Mapping[str, Any]]) -> None:
    found = figures.reconcile(server_record)
    sent = sum(count for state, count in found.ours.items() if state in figures.LEFT)
    unsure, refused = found.ours.get("unsure", 0), found.ours.get("refused_by_provider", 0)
    verdict = "The two records agree." if found.is_exact else "THE TWO RECORDS DO NOT AGREE."
    known = found.theirs - found.unsure_kept
    click.echo(
        "E-mail, our record beside the mail server's own\n"
        f"  ours    {sent:,} accepted, {unsure:,} unsure, {refused:,} refused\n"
        f"  theirs  {found.theirs:,} messages: {known:,} that we call accepted and "
        f"{found.unsure_kept:,} that we are unsure of;\n"
        f"          {len(found.twice)} twice, {len(found.only_theirs)} unknown to us, "
        f"{len(found.only_ours)} missing. {verdict}"
    )
    for name in ("only_theirs", "only_ours", "twice"):
        if attempts := getattr(found, name):
            click.echo(f"  {name}: {', '.join(map(str, attempts[:20]))}")


def print_foretold(life: Life, *, through_on: date) -> None:
    """How the forecasts of one morning fared, and one of them beside what happened."""
    if not life.foretold:
        return
    held = foretelling.hold_against(life.foretold, through_on=through_on)
    quiet = [each for each in held if not each.news]
    true, changed = sum(each.came_true for each in quiet), len(held) - len(quiet)
    click.echo(
        f"\n== What was foretold on {life.foretold[0].on}, through {through_on} ==\n\n"
        f"{len(held):,} borrowers were told what would come if nothing changed. For {changed:,} something"
        " changed: a payment,\na report, a promise, an opt-out, a dead address."
        f" Of the other {len(quiet):,} forecasts {true:,} came true, line by line."
    )
    shown = foretelling.most_telling(held)
    if shown is not None:
        _print_beside(shown)


def _print_beside(held: foretelling.Held) -> None:
    said = foretelling.said_of(held, "en")
    rows = [
        {
            "day": f"{event.on:%a %Y-%m-%d}",
            "foretold": said[event] if event in held.expected else "nothing",
            "happened": f"{event.step}: {event.through}" if event in held.happened else "nothing",
        }
        for event in sorted({*held.expected, *held.happened})
    ]
    click.echo("")
    print_report("table", f"Loan {held.foretold.subject.loan_ref}, foretold and lived", rows)


def print_story(life: Life) -> str | None:
    """Tell one borrower's story; the number of the loan, None when nothing happened to anybody."""
    loan = story.eventful_loan(life.lender)
    if loan is None:
        return None
    zone = ZoneInfo(life.source.lender.zone)
    click.echo(f"\n== One borrower: loan {loan} ==\n\nWhat happened (times of {zone.key})")
    for each in story.happenings(loan, lender=life.lender, law=life.law):
        click.echo(f"  {each.at.astimezone(zone):%Y-%m-%d %H:%M}  {each.said}")
    found = explain(loan_ref=loan, strategy=life.strategy, law=life.law, at=clock.now(), lender=life.lender)
    chinese = life.source.lender.language
    for language in (chinese if chinese.startswith("zh") else "zh-Hans", "en"):
        told = tell(found, language)
        click.echo(f"\n{told['headings']['title']}\n{told['arrears']['said']}")
        click.echo("\n".join(_answers(told)))
    return loan


def _answers(told: Mapping[str, Any]) -> Iterator[str]:
    for answer in told["answers"]:
        yield f"  {answer['asked']} {answer['said']}"
        yield from (f"      {reason['said']}" for reason in answer["reasons"])


def print_next(on: date, loan: str | None, folder: Path) -> None:
    """Commands that work on the demo's database as it was left."""
    program = _program()
    commands = [
        *([(f"explain {loan} --lang en", "the same loan in full, with the days ahead")] if loan else []),
        *((f"explain {each.loan}", each.about) for each in story.others_worth_a_look(but=loan)),
        (f"ageing --on {on}", "how late everybody is"),
        ("obligations", "what must still be told or answered, and by when"),
        (f"retention --on {on}", "which records may go, and which law keeps the others"),
        ("law list", "every rule; then law show RULE for one"),
        ("law show house.payment-since-report --lang zh-Hans", "one rule, with its source"),
        (f"letters preview --sample zh-Hant -o {_shown(folder / 'letter.pdf')}", "a letter as it is printed"),
        ("db status", "what this database is, and the time it has"),
    ]
    width = max(len(command) for command, _ in commands)
    click.echo("\n== Look further ==\n\nThe demo's database stays as it is until the next demo:\n")
    click.echo(f"  export ARREARS_HOME={_shown(folder)}")
    for command, about in commands:
        click.echo(f"  {program} {command:{width}}  # {about}")
    click.echo("\nYour own first steps with a lender's file are in README.md.")


def _draw(lines: Sequence[str]) -> None:
    click.echo("\n".join(f"  {line}" for line in lines) + "\n")


def _program() -> str:
    """`arrears` in a form that can be typed here."""
    beside = Path(sys.executable).parent / "arrears"
    return _shown(beside) if beside.exists() else "arrears"


def _shown(path: Path) -> str:
    """A path as somebody would type it in this folder."""
    if path.is_relative_to(Path.cwd()):
        return shlex.quote(str(path.relative_to(Path.cwd())))
    home = Path("~").expanduser()
    if home != Path("/") and path.is_relative_to(home):
        return f"~/{shlex.quote(str(path.relative_to(home)))}"
    return shlex.quote(str(path))
