"""Who somebody is can be read with two keys only, and not at all once his own is gone."""

from __future__ import annotations

import re
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection

from arrears.kernel.errors import BadInput, Misconfigured, NotFound
from arrears.store import models
from arrears.store.crypto import Keyring, ciphers_of, get_cipher, keyring
from arrears.store.masterkey import make_master_key, master_key_file, read_master_key
from arrears.store.personal import details_of, erase_person, values_of
from tests import builders as b

RING = Keyring(bytes(range(32)))
POINTS = ("email", "mobile", "app_inbox", "landline", "postal")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "ARREARS_HOME", tmp_path / "home")
    monkeypatch.delenv("ARREARS_MASTER_KEY_FILE", raising=False)
    return tmp_path / "home"


def test_what_was_encrypted_for_a_person_and_purpose_opens_for_these_only():
    cipher, wrapped = RING.new_cipher(7)
    sealed = cipher.encrypt("detail", "王小明")

    assert RING.open_cipher(7, wrapped).decrypt("detail", sealed) == "王小明"
    assert "王小明".encode() not in sealed
    for wrong in (
        lambda: cipher.decrypt("point", sealed),
        lambda: RING.open_cipher(8, wrapped),
        lambda: RING.new_cipher(7)[0].decrypt("detail", sealed),
        lambda: cipher.decrypt("detail", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        lambda: cipher.decrypt("detail", b""),
        lambda: Keyring(bytes(32)).open_cipher(7, wrapped),
    ):
        with pytest.raises(Misconfigured) as error:
            wrong()
        assert error.value.code == "crypto.does_not_open"


def test_the_same_text_is_never_encrypted_the_same_way():
    cipher, _ = RING.new_cipher(7)

    assert cipher.encrypt("detail", "x") != cipher.encrypt("detail", "x")


def test_a_value_key_is_the_same_for_the_same_address_and_has_63_bits():
    mobile = RING.value_key("mobile", "0912 345 678", country="TW")

    assert mobile == RING.value_key("landline", "+886912345678"), "a number is a number"
    assert mobile != RING.value_key("app_inbox", "+886912345678")
    assert mobile != Keyring(bytes(32)).value_key("mobile", "+886912345678"), "it is keyed"
    assert 0 <= mobile < 2**63
    with pytest.raises(BadInput):
        RING.value_key("mobile", "nobody")


def test_keys_made_today_are_the_keys_of_tomorrow():
    assert RING.value_key("email", "ming@example.org") == 2185232708718463897
    assert RING.source_key(1, "C1").hex() == "1de3dfdd0dca25170007de74ee9246a2"
    assert RING.id.hex() == "91deac616a2a1ca6"


def test_a_source_key_depends_on_the_lender():
    assert RING.source_key(1, "C1") == RING.source_key(1, " C1 ")
    assert RING.source_key(1, "C1") != RING.source_key(2, "C1")
    assert len(RING.source_key(1, "C1")) == 16


def test_a_postal_address_is_kept_as_written_and_a_number_as_dialled():
    cipher, _ = RING.new_cipher(7)
    street = RING.point_value(cipher, "postal", " 臺北市，Road 1 ")
    mobile = RING.point_value(cipher, "mobile", "0912 345 678", country="TW")

    assert cipher.decrypt("point", street.value_encrypted) == "臺北市，Road 1"
    assert street.value_key == RING.value_key("postal", "臺北市 road 1")
    assert cipher.decrypt("point", mobile.value_encrypted) == "+886912345678"


def test_a_raw_receipt_is_encrypted_and_recognised():
    sealed = RING.encrypt_receipt(b"to: ming@example.org")

    assert RING.decrypt_receipt(sealed) == b"to: ming@example.org"
    assert RING.content_key(b"x") == RING.content_key(b"x") != RING.content_key(b"y")


def test_the_master_key_is_made_once_for_its_owner_only(home):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: make_master_key(), range(32)))

    assert keys == {read_master_key()}
    assert master_key_file() == home / "master.key"
    assert stat.S_IMODE(master_key_file().stat().st_mode) == 0o600
    assert [each.name for each in home.iterdir()] == ["master.key"]


@pytest.mark.parametrize(
    ("content", "mode", "code"),
    [
        (None, 0o600, "crypto.key_missing"),
        ("00" * 32, 0o640, "crypto.key_open_to_others"),
        ("00" * 31, 0o600, "crypto.not_a_key"),
        ("secret", 0o600, "crypto.not_a_key"),
        ("\xff" * 64, 0o600, "crypto.not_a_key"),
    ],
)
def test_a_master_key_that_cannot_be_used_says_why(home, content, mode, code):
    home.mkdir()
    if content is not None:
        master_key_file().write_bytes(content.encode("latin-1"))
        master_key_file().chmod(mode)

    with pytest.raises(Misconfigured) as error:
        read_master_key()

    assert error.value.code == code


def test_a_master_key_named_by_the_environment_is_never_made(home, monkeypatch):
    monkeypatch.setenv("ARREARS_MASTER_KEY_FILE", str(home / "elsewhere"))

    with pytest.raises(Misconfigured) as error:
        make_master_key()

    assert error.value.code == "crypto.key_missing"
    assert not home.exists()


@pytest.mark.django_db
def test_another_master_key_than_the_databases_is_refused(monkeypatch):
    b.a_simulation()
    keyring()
    monkeypatch.setattr("arrears.store.crypto.read_master_key", lambda: bytes(32))

    with pytest.raises(Misconfigured) as error:
        keyring()

    assert error.value.code == "crypto.other_master_key"


@pytest.mark.django_db
def test_an_undeclared_database_has_no_keys():
    with pytest.raises(Misconfigured) as error:
        keyring()

    assert error.value.code == "database.not_declared"


def _everything_stored():
    """The whole database as text and bytes, as a dump would show it."""
    shown = []
    with connection.cursor() as cursor:
        for model in models.__all__:
            table = getattr(models, model)._meta.db_table
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} AS t")
            shown += [row[0] for row in cursor.fetchall()]
    text = "\n".join(shown)
    return text + "\n".join(
        bytes.fromhex(each).decode("utf-8", "replace") for row in shown for each in _hex_in(row)
    )


def _hex_in(row):
    return [each for each in re.findall(r"\\\\x([0-9a-f]+)", row) if len(each) % 2 == 0]


@pytest.mark.django_db
def test_a_dump_tells_nobodys_name_address_or_customer_number():
    lender = b.a_lender()
    people = [b.a_person(lender, who, points=POINTS) for who in b.CAST]
    for person in people:
        loan = b.a_loan(lender, person, overdue_days=10)
        b.an_attempt(loan, models.ContactPoint.objects.filter(person=person).first())

    dump = _everything_stored()

    assert "Example Bank" in dump
    for who in b.CAST:
        for secret in (who.name, *who.values.values()):
            assert secret not in dump
    for kind in POINTS:
        normal = list(values_of(keyring(), _point_ids(kind)).values())
        assert len(normal) == 3
        assert not [value for value in normal if value in dump]
    for detail in details_of(keyring(), [person.pk for person in people]).values():
        assert f'"{detail["customer_ref"]}"' not in dump


def _point_ids(kind):
    return list(models.ContactPoint.objects.filter(kind=kind).values_list("pk", flat=True))


@pytest.mark.django_db
def test_erasing_a_person_leaves_everything_but_what_could_name_him():
    lender = b.a_lender()
    ming, ana = b.a_person(lender, b.MING, points=("email",)), b.a_person(lender, b.ANA, points=("email",))
    loan = b.a_loan(lender, ming, overdue_days=10)
    b.an_attempt(loan, models.ContactPoint.objects.get(person=ming))
    b.an_opt_out(ming)
    counts = {name: getattr(models, name).objects.count() for name in models.__all__}

    erase_person(ming.pk, at=b.NOW)

    ring = keyring()
    assert list(details_of(ring, [ming.pk, ana.pk])) == [ana.pk]
    assert list(values_of(ring, _point_ids("email")).values()) == ["ana@example.com"]
    assert list(ciphers_of(ring, [ming.pk, ana.pk])) == [ana.pk]
    with pytest.raises(NotFound) as error:
        get_cipher(ring, ming.pk)
    assert error.value.code == "person.erased"
    after = {name: getattr(models, name).objects.count() for name in models.__all__}
    assert after == {**counts, "PersonKey": counts["PersonKey"] - 1}
    ming.refresh_from_db()
    assert ming.erased_at == b.NOW
