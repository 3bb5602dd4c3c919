"""The ageing report of a lender: read, nothing written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from django.db import connection

from arrears.kernel.arrears import Ageing, Portfolio, ageing_of, arrears_of
from arrears.kernel.arrears.ageing import SHARE_UNIT, AgeingRow, Grouping, ageing_by, bucket_grouping
from arrears.kernel.arrears.buckets import DEFAULT_BUCKETS, read_buckets
from arrears.kernel.days import date_of, day_of
from arrears.kernel.errors import BadInput
from arrears.kernel.facts import NO_DATE, NO_ID, Codes, Column, Facts, rows_of
from arrears.rulepacks import ZONES
from arrears.store.facts import load_facts

BREAKDOWNS = ("bucket", "product", "funder", "currency")
NO_FUNDER = "(none stated)"


@dataclass(frozen=True, slots=True)
class Books:
    """A lender's loans with what the facts do not hold: currency, product, buckets, funders.

    `funder_row`, `funder` and `share` are one entry per funder of a loan, a loan without any
    having one of `NO_FUNDER`.
    """

    facts: Facts
    currency: Codes
    currencies: tuple[str, ...]
    product: Codes
    products: tuple[str, ...]
    buckets: Codes
    bucket_texts: tuple[str, ...]
    funder_row: Codes
    funder: Codes
    funders: tuple[str, ...]
    share: Codes

    def portfolio(self, on: date) -> Portfolio:
        """Every loan at the end of a day."""
        arrears = arrears_of(self.facts, day_of(on), ZONES)
        return Portfolio(arrears, self.facts["loan"]["borrower"], self.currency, self.currencies)

    def groupings(self, portfolio: Portfolio, by: Sequence[str]) -> list[Grouping]:
        """The breakdowns of these names, of whole loans."""
        known = {
            "bucket": bucket_grouping(portfolio.arrears, self.buckets, self.bucket_texts),
            "product": Grouping("product", self.product, self.products),
            "currency": Grouping("currency", self.currency, self.currencies),
        }
        is_known = portfolio.arrears["is_known"]
        return [
            replace(known[name], code=np.where(is_known, known[name].code, NO_ID))
            for name in by
            if name != "funder"
        ]


@dataclass(frozen=True, slots=True)
class AgeingReport:
    """How late a lender's loans are at the end of a day, as it was known at `known_at`.

    `first_on` and `last_on` are the days the earliest and the latest report on file speak of,
    None when there is none; `reported_on` is that of the newest one up to `on`. `computed` loans
    have a schedule or statements. `books_through_on` is the day payments are complete through.
    `groups` are the rows of the breakdown asked for, each with its names.
    """

    on: date
    known_at: datetime
    loans: int
    computed: int
    ageing: Ageing
    groups: tuple[tuple[tuple[str, ...], AgeingRow], ...]
    books_through_on: date | None
    first_on: date | None
    last_on: date | None
    reported_on: date | None


def get_ageing(
    *,
    lender_id: int,
    on: date,
    known_at: datetime,
    by: Sequence[str] = (),
    product: str | None = None,
    buckets: str | None = None,
) -> AgeingReport:
    """The ageing of a lender's loans at the end of `on`, from what was known at `known_at`.

    by        breakdowns of `groups`, of BREAKDOWNS
    product   only loans of this product
    buckets   bands for every loan, in place of each product's own

    Raises BadInput for a breakdown, product or bands there are not.
    """
    books = load_books(lender_id=lender_id, known_at=known_at, product=product, buckets=buckets)
    _check_breakdowns(by)
    portfolio = books.portfolio(on)
    days, facts = books.facts["report"]["as_of_on"], books.facts
    (bucket,) = books.groupings(portfolio, ["bucket"])
    return AgeingReport(
        on=on,
        known_at=known_at,
        loans=len(facts["loan"]["loan"]),
        computed=int(np.count_nonzero(portfolio.arrears["is_known"] & ~portfolio.arrears["is_reported"])),
        ageing=ageing_of(portfolio, bucket),
        groups=tuple(_groups(books, portfolio, by)),
        books_through_on=_latest(facts["lender"]["payments_complete_through_on"]),
        first_on=date_of(days.min()) if len(days) else None,
        last_on=date_of(days.max()) if len(days) else None,
        reported_on=_latest(portfolio.arrears["reported_on"][portfolio.arrears["is_reported"]]),
    )


def load_books(
    *, lender_id: int, known_at: datetime, product: str | None = None, buckets: str | None = None
) -> Books:
    """What a report on a lender's loans needs, as known at `known_at`. Raises BadInput."""
    loans = None if product is None else _loans_of_product(lender_id, product)
    facts = load_facts(lender_id=lender_id, loans=loans, known_at=known_at)
    ids = facts["loan"]["loan"]
    currency, currencies, product_code, products = _terms(ids)
    if buckets is None:
        texts = _bucket_texts(lender_id, products, known_at)
    else:
        texts = [_checked_buckets(buckets)] * len(products)
    distinct = tuple(dict.fromkeys(texts)) or (DEFAULT_BUCKETS,)
    which = np.array([distinct.index(text) for text in texts], np.int64)
    row, funder, funders, share = _funders(ids, known_at)
    return Books(
        facts=facts,
        currency=currency,
        currencies=currencies,
        product=product_code,
        products=products,
        buckets=which[product_code] if len(products) else np.empty(0, np.int64),
        bucket_texts=distinct,
        funder_row=row,
        funder=funder,
        funders=funders,
        share=share,
    )


def _groups(books: Books, portfolio: Portfolio, by: Sequence[str]) -> list[tuple[tuple[str, ...], AgeingRow]]:
    if not by:
        return []
    groupings = books.groupings(portfolio, by)
    if "funder" in by:
        row = books.funder_row
        portfolio = portfolio.take(row, books.share)
        groupings = [replace(each, code=each.code[row]) for each in groupings]
        is_known = portfolio.arrears["is_known"]
        funder = Grouping("funder", np.where(is_known, books.funder, NO_ID), books.funders)
        groupings.insert(list(by).index("funder"), funder)
    return ageing_by(portfolio, groupings)


def _check_breakdowns(by: Sequence[str]) -> None:
    for name in by:
        if name not in BREAKDOWNS:
            raise BadInput(
                "ageing.breakdown",
                f"There is no breakdown by {name!r}.",
                hint=f"There are {', '.join(BREAKDOWNS)}.",
            )


def _checked_buckets(text: str) -> str:
    try:
        read_buckets(text)
    except ValueError as error:
        raise BadInput(
            "ageing.buckets", f"--buckets {text!r} {error}.", hint="days, months, or 1-29/30-59/60+"
        ) from None
    return text


def _latest(days: Column) -> date | None:
    latest = days.max(initial=NO_DATE)
    return None if latest == NO_DATE else date_of(latest)


def _loans_of_product(lender_id: int, product: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM loan WHERE lender_id = %s AND product = %s ORDER BY id", [lender_id, product]
        )
        found = [row[0] for row in cursor.fetchall()]
    if not found:
        raise BadInput("ageing.product", f"No loan is of the product {product!r}.", product=product)
    return found


def _terms(loans: Column) -> tuple[Codes, tuple[str, ...], Codes, tuple[str, ...]]:
    """Currency and product of each loan, as codes, and what the codes stand for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, currency, product FROM loan WHERE id = ANY(%s) ORDER BY id", [loans.tolist()]
        )
        rows = cursor.fetchall()
    at = rows_of(np.array([row[0] for row in rows], np.int64), loans)
    assert np.all(at >= 0), "a loan in the facts that is not on file"
    return (*_coded([row[1] for row in rows], at), *_coded([row[2] for row in rows], at))


def _coded(values: Sequence[str], at: Codes) -> tuple[Codes, tuple[str, ...]]:
    names = tuple(sorted(set(values)))
    code_of = {name: code for code, name in enumerate(names)}
    return np.array([code_of[value] for value in values], np.int64)[at], names


def _bucket_texts(lender_id: int, products: Sequence[str], known_at: datetime) -> list[str]:
    """The bands each product names; the shipped bands of days for one without terms."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (code) code, buckets FROM product"
            " WHERE lender_id = %s AND recorded_at <= %s ORDER BY code, recorded_at DESC, id DESC",
            [lender_id, known_at],
        )
        told = dict(cursor.fetchall())
    return [told.get(product, DEFAULT_BUCKETS) for product in products]


def _funders(loans: Column, known_at: datetime) -> tuple[Codes, Codes, tuple[str, ...], Codes]:
    """(row of the loan, funder's code, names, share in SHARE_UNITths) of every funder of every loan."""
    with connection.cursor() as cursor:
        cursor.execute(_FUNDERS, {"loans": loans.tolist(), "known": known_at})
        found = cursor.fetchall()
    names = (NO_FUNDER, *sorted({name for _, name, _ in found}))
    code_of = {name: code for code, name in enumerate(names)}
    row = rows_of(loans, np.array([loan for loan, _, _ in found], np.int64))
    without = np.setdiff1d(np.arange(len(loans)), row)
    return (
        np.concatenate([row, without]),
        np.concatenate([np.array([code_of[name] for _, name, _ in found], np.int64), np.zeros_like(without)]),
        names,
        np.concatenate(
            [np.array([int(share * SHARE_UNIT) for _, _, share in found], np.int64), 0 * without + SHARE_UNIT]
        ),
    )


_FUNDERS = """
SELECT funder.loan_id, organisation.name, funder.share
  FROM loan_funder AS funder JOIN organisation ON organisation.id = funder.organisation_id
 WHERE funder.loan_id = ANY(%(loans)s) AND funder.recorded_at <= %(known)s
   AND NOT EXISTS (SELECT FROM loan_funder AS newer
                    WHERE newer.supersedes_id = funder.id AND newer.recorded_at <= %(known)s)
 ORDER BY funder.loan_id, funder.id
"""
