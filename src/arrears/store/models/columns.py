"""What the tables share: who a row belongs to, when it was recorded, and words from closed lists.

Conventions of every table. A column ending in `_on` is a civil day, `_at` an instant in UTC,
`_minor` whole minor units of the loan's currency, `_ref` somebody else's identifier, `_key` a
keyed hash. Words (`channel = 'in_app'`) come from the closed lists of `kernel.vocabulary` or
of the file the table is described in, and the database refuses any other.

What happened is never changed. A row that names another in `supersedes` replaces it as a
whole from its own `recorded_at` on; before that instant the older row was what was known.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from django.db import models
from django.db.models import F, Q

from arrears.kernel.vocabulary import name_of


class OfLender(models.Model):
    """A row that belongs to one lender.

    The database does not check the reference: it follows from the loan or person a row hangs
    on, and checking it would lock the one row of the lender for every row written.
    """

    lender = models.ForeignKey(
        "store.Organisation", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        abstract = True


class Recorded(models.Model):
    """When it became known here. Nothing recorded later may bear on a decision of that time."""

    recorded_at = models.DateTimeField()

    class Meta:
        abstract = True


class RecordedBy(Recorded):
    """When it became known here, and who said so."""

    actor = models.ForeignKey("store.Actor", models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


def names(kind: type[IntEnum]) -> tuple[str, ...]:
    """The words of a vocabulary, in the order of their codes."""
    return tuple(name_of(member) for member in kind)


def one_of(table: str, column: str, words: type[IntEnum] | Iterable[str]) -> models.CheckConstraint:
    """The column holds one of these words (or nothing, where it may be null)."""
    known = names(words) if isinstance(words, type) else tuple(words)
    return models.CheckConstraint(condition=Q(**{f"{column}__in": known}), name=f"{table}_{column}_known")


def in_order(table: str, start: str, end: str) -> models.CheckConstraint:
    """The end is not before the start; an empty span says that nothing was meant after all."""
    return models.CheckConstraint(
        condition=Q(**{f"{end}__gte": F(start)}), name=f"{table}_{end}_not_before_{start}"
    )


def superseded_once(table: str) -> models.UniqueConstraint:
    """A row is replaced by at most one other: the loser of a race gets an integrity error."""
    return models.UniqueConstraint(
        fields=["supersedes"], condition=Q(supersedes__isnull=False), name=f"{table}_superseded_once"
    )


def once_per_source_ref(table: str) -> models.UniqueConstraint:
    """The lender's number names one row and those that replace it one after the other."""
    return models.UniqueConstraint(
        fields=["lender", "source_ref"],
        condition=Q(supersedes__isnull=True),
        name=f"{table}_once_per_source_ref",
    )
