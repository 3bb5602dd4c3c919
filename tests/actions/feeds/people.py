"""People of a small book: who they are, how they are reached, and files about them."""

from __future__ import annotations

from arrears.store import models
from arrears.store.crypto import keyring
from arrears.store.personal import values_of
from tests.builders import ANA, MING

EMAIL = {
    "person_ref": "C1",
    "kind": "email",
    "value": MING.values["email"],
    "source": "contract",
}
MOBILE = {
    "person_ref": "C1",
    "kind": "mobile",
    "value": MING.values["mobile"],
    "country": "TW",
    "source": "contract",
}
PLACE = {"person_ref": "C1", "source": "address", "place": "TW", "zone": "Asia/Taipei"}
HOLD = {
    "hold_ref": "H1",
    "loan_ref": "L1",
    "reason": "dispute",
    "shown_reason": "We look into what you wrote.",
    "stops": "notices calls",
    "from_at": "2026-02-01",
    "until_at": "2026-03-31",
}
CONSENT = {
    "consent_ref": "A1",
    "person_ref": "C1",
    "kind": "agreed_hours",
    "form": "written",
    "weekdays": "mon tue wed",
    "start_local": "20:00",
    "end_local": "22:30",
    "given_at": "2026-02-01T10:00+08:00",
}
OPT_OUT = {"preference_ref": "O1", "person_ref": "C1", "channel": "sms", "from_at": "2026-02-01"}
INCONVENIENT = {
    "inconvenient_time_ref": "T1",
    "person_ref": "C1",
    "weekdays": "mon fri",
    "end_local": "10:00",
    "channel": "call",
    "from_at": "2026-02-01",
    "told_by": "call",
}
REFUSAL = {"refusal_ref": "R1", "person_ref": "C1", "from_at": "2026-02-01", "told_by": "letter"}
AUTHORITY = {
    "authority_ref": "V1",
    "person_ref": "C2",
    "on_behalf_of_ref": "C1",
    "kind": "power_of_attorney",
    "from_at": "2026-02-01",
    "document_ref": "D-7",
}
CONTACT = {
    "contact_ref": "K1",
    "person_ref": "C1",
    "at": "2026-02-27T10:00:00+08:00",
    "channel": "call",
    "kind": "mobile",
    "value": MING.values["mobile"],
    "country": "TW",
    "network_result": "rang_out",
    "loan_refs": "L1",
}
REQUEST = {
    "request_ref": "Q1",
    "person_ref": "C1",
    "loan_ref": "L1",
    "kind": "dispute",
    "received_at": "2026-02-01T10:00+08:00",
}
MEASURE = {
    "measure_ref": "M1",
    "loan_ref": "L1",
    "kind": "report",
    "decided_at": "2026-02-01",
}
NOTICE = {
    "notice_ref": "N1",
    "loan_ref": "L1",
    "person_ref": "C1",
    "notice": "validation",
    "channel": "letter",
    "state": "posted",
    "at": "2026-02-10",
    "evidence_ref": "archive/2026/17",
    "evidence_sha256": "AB" * 32,
}
SECRETS = (*MING.values.values(), MING.name, "+886912345678", *ANA.values.values(), "C-secret-1")


def id_of(person_ref: str) -> int:
    """The number of the person with this number of the only lender's."""
    lender = models.Organisation.objects.get(kind="lender").pk
    return models.Person.objects.get(source_key=keyring().source_key(lender, person_ref)).pk


def points() -> dict[str, tuple[object, ...]]:
    """By the address in the clear: kind, source, whose, verified, dead since when, retired."""
    rows = models.ContactPoint.objects.all()
    clear = values_of(keyring(), [row.pk for row in rows])
    return {
        clear[row.pk]: (
            row.kind,
            row.source,
            row.owner_kind,
            row.verified_on,
            row.dead_from_at,
            row.retired_at,
        )
        for row in rows
    }


def standing(model):
    """Rows that no other supersedes."""
    replaced = model.objects.filter(supersedes__isnull=False).values("supersedes")
    return model.objects.exclude(pk__in=replaced).order_by("id")
