"""Tokens let one system of one lender in, until they are revoked."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from django.db import connection

from arrears.actions.tokens import Caller, add_token, find_caller, list_tokens, revoke_token
from arrears.cli.token import token
from arrears.kernel.errors import BadInput, Conflict, NotFound
from arrears.store import models
from tests.builders import NOW, a_lender
from tests.store.refusing import rejected

pytestmark = pytest.mark.django_db
ACTOR = "staff:anna"


def issue(lender, system="dialler", scopes=("decide",), **others):
    return add_token(lender=lender.pk, system=system, scopes=scopes, actor=ACTOR, at=NOW, **others)


def test_whoever_shows_it_is_known_with_what_it_may_do():
    lender = a_lender()

    issued = issue(lender, scopes=("decide", "report"), requests_per_minute=60)

    assert find_caller(issued.secret) == Caller(
        issued.id, lender.pk, "dialler", frozenset({"decide", "report"}), 60, NOW
    )
    assert find_caller(issued.secret[:-1]) is None


def test_only_its_digest_is_stored_and_no_entry_quotes_it():
    issued = issue(a_lender())

    with connection.cursor() as cursor:
        cursor.execute("SELECT api_token::text FROM api_token")
        stored = cursor.fetchone()[0]
    entry = models.AuditEntry.objects.get()
    assert issued.secret not in stored
    assert (entry.what, entry.facts) == ("token.added", {"scopes": ["decide"], "system": "dialler"})


def test_a_revoked_one_is_nobodys_and_stays_listed():
    lender = a_lender()
    issued = issue(lender)

    revoke_token(token=issued.id, actor=ACTOR, at=NOW)

    assert find_caller(issued.secret) is None
    assert [row["revoked_at"] for row in list_tokens(lender=lender.pk)] == [NOW]
    assert [entry.what for entry in models.AuditEntry.objects.order_by("id")] == [
        "token.added",
        "token.revoked",
    ]
    with pytest.raises(Conflict, match="is revoked already"):
        revoke_token(token=issued.id, actor=ACTOR, at=NOW)


def test_one_may_replace_another_but_there_are_never_three():
    lender = a_lender()
    first, _ = issue(lender), issue(lender)

    with pytest.raises(Conflict, match="two tokens already"):
        issue(lender)

    revoke_token(token=first.id, actor=ACTOR, at=NOW)
    assert issue(lender).id > first.id


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"system": "The Dialler"}, "token.system"),
        ({"scopes": ()}, "token.scope"),
        ({"scopes": ("everything",)}, "token.scope"),
        ({"requests_per_minute": 0}, "token.rate"),
        ({"requests_per_minute": 10**9}, "token.rate"),
    ],
)
def test_what_cannot_be_a_token_is_refused(wrong, code):
    with pytest.raises(BadInput) as refused:
        issue(a_lender(), **wrong)

    assert refused.value.code == code
    assert not models.ApiToken.objects.exists()


def test_there_is_none_of_another_number():
    with pytest.raises(NotFound):
        revoke_token(token=77, actor=ACTOR, at=NOW)


def test_the_database_lets_nothing_of_it_change_but_its_end():
    issued = issue(a_lender())

    with rejected("only revoked_at may change"):
        models.ApiToken.objects.update(may_reserve=True)
    models.ApiToken.objects.update(revoked_at=NOW)
    with rejected("never updated"):
        models.ApiToken.objects.filter(pk=issued.id).update(revoked_at=None)


def test_as_it_is_typed():
    a_lender()

    def say(*words):
        return CliRunner(catch_exceptions=False).invoke(token, words).stdout

    made = json.loads(say("add", "dialler", "--scope", "decide", "--by", "anna", "--format", "json"))
    say("revoke", str(made["token"]), "--by", "anna")

    assert made["secret"].startswith("arr_")
    (row,) = json.loads(say("list", "--format", "json"))
    assert (row["system"], row["scopes"]) == ("dialler", "decide")
    assert row["revoked_at"] is not None
