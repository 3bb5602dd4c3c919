"""Notices of the past, with the proof of what became of them."""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from arrears.actions.feeds.definitions.common import LOAN_REF, reject_unknown_loans
from arrears.actions.feeds.definitions.people import (
    JOIN_LOAN,
    JOIN_PERSON,
    OF_PERSON,
    PERSON,
    reject_unknown_persons,
)
from arrears.actions.feeds.kinds import REF, line, words
from arrears.actions.feeds.moments import MOMENT, begins, reject_future
from arrears.actions.feeds.rows import Rows
from arrears.actions.feeds.schema import Feed, Field
from arrears.actions.feeds.several import DIGEST
from arrears.kernel.vocabulary import Channel, NoticeKind
from arrears.store.models.notices import PROOF_STATES

_SAID = {
    "loan_id": "r.loan_id",
    "person_id": "r.person_id",
    "notice": "r.notice",
    "channel": "r.channel",
    "state": "r.state",
    "at": "r.new_at",
    "evidence_ref": "r.evidence_ref",
    "evidence_digest": "decode(r.evidence_sha256, 'hex')",
}
_ON_FILE = "JOIN notice_proof AS proof ON proof.id = r.proof_id"
_OTHER = f"({', '.join(_SAID.values())}) IS DISTINCT FROM ({', '.join(f'proof.{name}' for name in _SAID)})"


def merge(rows: Rows) -> None:
    """New proofs are added; one on file is never changed."""
    rows.build(
        ("loan.id AS loan_id", *OF_PERSON, "proof.id AS proof_id", f"{begins('at')} AS new_at"),
        f"{JOIN_LOAN} {JOIN_PERSON} LEFT JOIN notice_proof AS proof ON proof.lender_id = %(lender)s"
        " AND proof.source_ref = s.notice_ref",
    )
    reject_unknown_loans(rows)
    reject_unknown_persons(rows)
    rows.reject_repeated("r.notice_ref")
    reject_future(rows, "at")
    other = "is on file with other content; send the right one under a number of its own"
    rows.reject("notice_ref", other, _OTHER, _ON_FILE)
    rows.settle()
    rows.touch("SELECT loan_id FROM {rows} WHERE proof_id IS NULL")
    total = rows.value("SELECT count(*) FROM {rows}")
    added = rows.insert(
        f"INSERT INTO notice_proof (lender_id, source_ref, {', '.join(_SAID)}, import_file_id, actor_id,"
        f" recorded_at) SELECT %(lender)s, r.notice_ref, {', '.join(_SAID.values())}, %(file)s, %(actor)s,"
        " %(at)s FROM {rows} AS r WHERE {slice} AND proof_id IS NULL"
    )
    rows.count("added", added)
    rows.count("unchanged", total - added)
    rows.analyze("notice_proof")


NOTICES = Feed(
    name="notices",
    version=1,
    about="Notices given before, one row for each piece of evidence: posted, then returned, is two.",
    fields=(
        Field("notice_ref", REF, "The lender's number of the evidence.", is_required=True),
        LOAN_REF,
        PERSON,
        Field("notice", words(NoticeKind), "What notice it was.", is_required=True),
        Field("channel", words(Channel), "How it went.", is_required=True),
        Field("state", words(PROOF_STATES), "What is proved.", is_required=True),
        Field("at", MOMENT, "When that was.", is_required=True),
        Field("evidence_ref", line(), "Where the evidence is kept.", is_required=True),
        Field("evidence_sha256", DIGEST, "The digest of the evidence."),
    ),
    key=("notice_ref",),
    merge=merge,
    absent="Evidence stays on file.",
)
