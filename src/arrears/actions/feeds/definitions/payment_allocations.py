"""Payment allocations: what the lender's own system says each payment paid."""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from arrears.actions.feeds.definitions.installments import NUMBER
from arrears.actions.feeds.kinds import MONEY, REF, words
from arrears.actions.feeds.rows import NOT_ON_FILE, Rows
from arrears.actions.feeds.schema import Feed, Field
from arrears.kernel.vocabulary import Component


def merge(rows: Rows) -> None:
    """The parts of a payment are told once, all together, and are never changed."""
    rows.build(
        (
            *("payment.id AS payment_id", "payment.amount_minor AS paid_minor", "payment.loan_id"),
            *("loan.currency AS loan_currency", *rows.minors("loan.currency")),
        ),
        "LEFT JOIN payment ON payment.lender_id = %(lender)s AND payment.source_ref = s.payment_ref"
        " LEFT JOIN loan ON loan.id = payment.loan_id",
    )
    rows.reject("payment_ref", NOT_ON_FILE, "r.payment_id IS NULL")
    rows.reject_repeated("r.payment_id", "coalesce(r.number, -1)", "r.component")
    rows.reject_amounts()
    rows.reject(
        "amount",
        "makes the parts more than the payment",
        "r.payment_id IN (SELECT payment_id FROM {rows}"
        " GROUP BY payment_id, paid_minor HAVING sum(amount_minor) > paid_minor)",
    )
    _find_parts_on_file(rows)
    rows.reject(
        "payment_ref",
        "is on file with other parts; reverse the payment, and send it under a number of its own",
        f"r.payment_id IN (SELECT payment_id FROM {rows.table}_on_file WHERE NOT is_the_same)",
    )
    rows.settle()
    _add(rows)


def _find_parts_on_file(rows: Rows) -> None:
    """A table of the payments of the file that have parts on file, and whether these are the same."""
    rows.execute(
        f"CREATE TEMP TABLE {rows.table}_on_file ON COMMIT DROP AS"
        " SELECT told.payment_id, told.stated = (SELECT count(*) FROM payment_allocation AS part"
        "   WHERE part.payment_id = told.payment_id) AND told.stated = told.same AS is_the_same"
        " FROM (SELECT r.payment_id, count(*) AS stated, count(part.id) AS same FROM {rows} AS r"
        "   LEFT JOIN payment_allocation AS part ON part.payment_id = r.payment_id"
        "   AND part.component = r.component AND part.amount_minor = r.amount_minor"
        "   AND part.installment_number IS NOT DISTINCT FROM r.number GROUP BY r.payment_id) AS told"
        " WHERE EXISTS (SELECT FROM payment_allocation AS part WHERE part.payment_id = told.payment_id)"
    )


def _add(rows: Rows) -> None:
    new = f"FROM {{rows}} AS r WHERE r.payment_id NOT IN (SELECT payment_id FROM {rows.table}_on_file)"
    total = rows.value("SELECT count(*) FROM {rows}")
    rows.touch(f"SELECT loan_id {new}")
    added = rows.insert(
        "INSERT INTO payment_allocation"
        " (lender_id, payment_id, installment_number, component, amount_minor, recorded_at)"
        f" SELECT %(lender)s, r.payment_id, r.number, r.component, r.amount_minor, %(at)s {new} AND {{slice}}"
    )
    rows.count("added", added)
    rows.count("unchanged", total - added)
    rows.analyze("payment_allocation")


PAYMENT_ALLOCATIONS = Feed(
    name="payment_allocations",
    version=1,
    about="What the lender's own system says a payment paid: all parts of it in one file, with the payment or"
    " after it. They are taken as stated; what they leave of the payment is handed out as the product says.",
    fields=(
        Field("payment_ref", REF, "The lender's number of a payment on file.", is_required=True),
        Field("number", NUMBER, "The installment that was paid; empty: any."),
        Field("component", words(Component), "Which part of the debt was paid.", is_required=True),
        Field("amount", MONEY, "How much of the payment.", is_required=True),
    ),
    key=("payment_ref", "number", "component"),
    merge=merge,
    absent="Parts on file stay.",
    whole_by="payment_ref",
)
