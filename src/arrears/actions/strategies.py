"""Strategies in use: adopting one, and which one a lender follows on a business day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from arrears.actions.days import TODAY_OF_LENDER, today_at
from arrears.actions.lenders import KIND, get_lender, lock_lender
from arrears.kernel.errors import BadInput, NotPossible
from arrears.kernel.planning.strategy import Share, Strategy
from arrears.kernel.vocabulary import name_of
from arrears.locale.notices import load_templates
from arrears.store import audit
from arrears.store.actors import actor_id
from arrears.store.identity import is_live
from arrears.store.models import Organisation, Run, StepRecord, StrategyAdoption
from arrears.strategies import load_strategy, read_strategy, strategy_told, text_of
from arrears.strategies.checking import check_strategy
from arrears.strategies.mixing import with_challenger

SHARE_PERCENT = range(1, 100)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A strategy to follow; `is_decided` is False for the sample that is followed for want of another."""

    strategy: Strategy
    is_decided: bool


@dataclass(frozen=True, slots=True)
class _File:
    """A strategy and the text it was read from."""

    strategy: Strategy
    text: str


def adopt_strategy(
    *,
    lender: int,
    source: str | Path,
    approver: str,
    from_on: date | None = None,
    challenger: str | Path | None = None,
    share_percent: int | None = None,
    salt: str | None = None,
    actor: str,
    at: datetime,
) -> StrategyAdoption:
    """Record that the lender follows this strategy from its business day `from_on` (today) on.

    With a `challenger`, `share_percent` (1 to 99) of the borrowers climb that one, drawn by `salt`.
    What the files say is kept, so they may change or go. Raises BadInput for a file with mistakes
    or errors and for a share that is none; in a live database NotPossible for a day that is over
    or has been run.
    """
    champion = _read(source)
    other = None if challenger is None else _read(challenger)
    _check_share(other, share_percent, salt)
    check_line("strategy.approver", approver, "The name of whoever approved it")
    with transaction.atomic():
        lock_lender(get_lender(lender).id)
        begins_on = from_on or today_at(lender, at)
        refuse_past(lender, begins_on, at, what="strategy")
        adopted = StrategyAdoption.objects.create(
            lender_id=lender,
            from_on=begins_on,
            name=champion.strategy.name,
            version=champion.strategy.version,
            content=champion.text,
            challenger_name=None if other is None else other.strategy.name,
            challenger_version=None if other is None else other.strategy.version,
            challenger_content=None if other is None else other.text,
            share_basis_points=None if share_percent is None else share_percent * 100,
            salt=salt,
            approver=approver,
            actor_id=actor_id(actor, at=at),
            recorded_at=at,
        )
        _refuse_moved_steps(lender, strategy_of(adopted))
        audit.record(
            "strategy.adopted",
            actor=actor,
            at=at,
            lender_id=lender,
            subjects={"strategy_adoption": int(adopted.pk)},
            facts={
                "from_on": begins_on,
                "version": adopted.version,
                "challenger_version": adopted.challenger_version,
                "share_basis_points": adopted.share_basis_points,
            },
        )
    return adopted


def _refuse_moved_steps(lender: int, strategy: Strategy) -> None:
    """A step that was taken keeps its rank and track: with another rank it would be due once more."""
    steps = {step.id: step for step in strategy.steps}
    done = StepRecord.objects.filter(lender=lender, step__in=list(steps)).order_by("step")
    for name, rank, track in done.values_list("step", "rank", "track").distinct():
        step = steps[name]
        if (rank, track) != (step.rank, name_of(step.track)):
            raise BadInput(
                "strategy.step_moved",
                f"Step {name} has been taken with rank {rank} on the track {track}, and here it has rank"
                f" {step.rank} on the track {name_of(step.track)}.",
                hint="Leave its rank and track as they were, or give the step another id.",
                step=name,
            )


def list_adoptions(lender: int) -> list[StrategyAdoption]:
    """Every adoption of the lender, in the order in which they come into use."""
    return list(
        StrategyAdoption.objects.filter(lender=lender).select_related("actor").order_by("from_on", "id")
    )


def find_adoption(lender: int, *, on: date) -> StrategyAdoption | None:
    """The adoption in force on the lender's business day `on`; of one day's, the last recorded."""
    adopted = StrategyAdoption.objects.filter(lender=lender, from_on__lte=on)
    return adopted.order_by("from_on", "id").last()


def find_strategy(lender: int, *, on: date) -> Strategy | None:
    """The strategy that the lender has adopted for its business day `on`; None where it has none."""
    adopted = find_adoption(lender, on=on)
    return None if adopted is None else strategy_of(adopted)


def strategy_in_use(lender: int, *, on: date) -> Strategy:
    """The strategy adopted for the lender's business day `on`; where none is, the shipped sample."""
    return find_strategy(lender, on=on) or load_strategy()


_NOW = f"""
SELECT adopted.*
  FROM strategy_adoption AS adopted
  JOIN organisation AS lender ON lender.id = adopted.lender_id
 WHERE lender.id = %s AND adopted.from_on <= {TODAY_OF_LENDER}
 ORDER BY adopted.from_on DESC, adopted.id DESC LIMIT 1
"""  # noqa: S608 # of fixed parts


def strategy_now(lender: int, *, at: datetime) -> Strategy:
    """The strategy in use on the lender's business day now."""
    adopted = next(iter(StrategyAdoption.objects.raw(_NOW, [lender, at])), None)
    return load_strategy() if adopted is None else strategy_of(adopted)


def choose_strategy(named: str | None, *, lender: int, on: date, is_binding: bool) -> Chosen:
    """The strategy in use on the lender's business day `on`, or in its place the one that is named.

    Raises NotPossible where it `is_binding`, the database live, and another one named than is in use.
    """
    in_use = find_strategy(lender, on=on)
    if named is None:
        return Chosen(in_use or load_strategy(), is_decided=in_use is not None)
    wanted = load_strategy(named)
    if is_binding and is_live() and wanted.version != (in_use or load_strategy()).version:
        raise _not_adopted(named)
    return Chosen(wanted, is_decided=True)


def choose_to_send_by(named: str | None, *, at: datetime) -> dict[int, Chosen]:
    """For each lender the strategy its contacts are sent by today: the one in use, or the one named.

    In a live database a named one serves the lenders that it is in use for, and nobody else;
    raises NotPossible when there is none.
    """
    lenders = Organisation.objects.filter(kind=KIND).order_by("id").values_list("id", flat=True)
    today = {lender: today_at(lender, at) for lender in lenders}
    wanted = None if named is None else load_strategy(named)
    if wanted is not None and is_live():
        served = [
            each for each, on in today.items() if strategy_in_use(each, on=on).version == wanted.version
        ]
        if not served:
            raise _not_adopted(str(named))
        today = {lender: today[lender] for lender in served}
    return {
        lender: choose_strategy(named, lender=lender, on=on, is_binding=False) for lender, on in today.items()
    }


def strategy_of(adopted: StrategyAdoption) -> Strategy:
    """The strategy as it was adopted, with its challenger."""
    champion = strategy_told(adopted.content, f"{adopted.name} (adopted)")
    if adopted.challenger_content is None:
        return champion
    assert adopted.salt is not None, adopted.pk
    assert adopted.share_basis_points is not None, adopted.pk
    challenger = strategy_told(adopted.challenger_content, f"{adopted.challenger_name} (adopted)")
    return with_challenger(champion, challenger, Share(adopted.salt, adopted.share_basis_points))


def _read(source: str | Path) -> _File:
    """The strategy and its text; BadInput where it can be read and still could not be followed."""
    text, file = text_of(source)
    strategy = read_strategy(text, file=file)
    errors = [each for each in check_strategy(strategy, load_templates().keys()) if each.is_error]
    if errors:
        first = errors[0]
        raise BadInput(
            f"strategy.{first.code}",
            f"{file}, step {first.about}: {first.what}",
            hint=f"All findings: arrears strategy check {source}",
            file=file,
            step=first.about,
            errors=len(errors),
        )
    return _File(strategy, text)


def _check_share(challenger: _File | None, share_percent: int | None, salt: str | None) -> None:
    if challenger is None:
        if share_percent is not None or salt is not None:
            raise BadInput("strategy.share", "A share and a salt are for a challenger.", hint="Name one.")
        return
    if share_percent not in SHARE_PERCENT:
        raise BadInput(
            "strategy.share", "The challenger's share must be a whole number from 1 to 99 percent."
        )
    check_line("strategy.salt", salt or "", "The salt that draws the challenger's borrowers")


def check_line(code: str, text: str, what: str) -> None:
    """Raise BadInput for a text that is empty or of several lines."""
    if not text.strip() or not text.isprintable():
        raise BadInput(code, f"{what} must be one line of printable characters.")


def _not_adopted(named: str) -> NotPossible:
    return NotPossible(
        "strategy.not_adopted",
        f"{named} is not the strategy in use, and a live database follows no other.",
        hint=f"Leave out --strategy, or adopt it: arrears strategy adopt {named} --by NAME",
    )


def refuse_past(lender: int, on: date, at: datetime, *, what: str) -> None:
    """In a live database what was done under another strategy or law stays done under it."""
    if not is_live():
        return
    today = today_at(lender, at)
    if on < today:
        raise NotPossible(
            f"{what}.past",
            f"{on} is over, and what was done on it was done under another {what}.",
            hint=f"Adopt it from {today} on, or later.",
            on=on.isoformat(),
        )
    last = Run.objects.filter(lender=lender).order_by("business_on").last()
    if last is not None and on <= last.business_on:
        raise NotPossible(
            f"{what}.day_has_run",
            f"{last.business_on} has been run already, under the {what} that was in use.",
            hint="Adopt it from the day after on.",
            on=on.isoformat(),
            last_on=last.business_on.isoformat(),
        )
