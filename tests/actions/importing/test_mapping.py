"""A mapping is itself checked: every mistake is named with file, table and key."""

from __future__ import annotations

import pytest

from arrears.actions.importing.mapping import SHIPPED, find_mapping, read_mapping
from arrears.actions.importing.transforms import Column, Constant, MonthsBefore, Template
from arrears.kernel.errors import BadInput
from tests.actions.importing.builders import MAPPING, a_mapping, write


def refusal(folder, *replacements, text=MAPPING) -> BadInput:
    with pytest.raises(BadInput) as caught:
        a_mapping(folder, *replacements, text=text)
    return caught.value


def test_every_transform_is_read(tmp_path):
    mapping = a_mapping(
        tmp_path,
        ('{ column = "since" }', '{ months_before = "as_of_on" }'),
        ('{ column = "balance" }', '{ column = "balance", integral = true }'),
    )

    assert mapping.fields["product"] == Constant("card")
    assert mapping.fields["app_inbox"] == Template(("box-", ""), ("customer",))
    assert mapping.fields["overdue_since_on"] == MonthsBefore("as_of_on", "months_late")
    assert mapping.fields["statement_amount"] == Column("balance", is_integral=True)
    assert mapping.columns.count("as_of") == 1


def test_a_brace_is_doubled_to_mean_itself(tmp_path):
    mapping = a_mapping(tmp_path, ('"box-{customer}"', '"{{{customer}-{loan}}}"'))

    template = mapping.fields["app_inbox"]

    assert template.texts({"customer": ["C1", ""], "loan": ["L1", "L2"]}, 2) == ["{C1-L1}", ""]


LOAN, SINCE, STATUS = '{ column = "loan" }', '{ column = "since" }', '"1" = "late"'
MODE, UNIT, FIELDS, BOX = 'mode = "reported"', 'amounts_in = "major"', "[fields]", '"box-{customer}"'
THROUGH = "payments_complete_through_on"

MISTAKES = [
    (MODE, 'mode = "full"', "mode", "reported"),
    (MODE, "", "mode", "reported"),
    (UNIT, "", "amounts_in", "missing"),
    (UNIT, 'amounts_in = "cents"', "amounts_in", "must be"),
    (UNIT, f"{UNIT}\ncolour = 1", "colour", "unknown"),
    (FIELDS, f"{THROUGH} = '2005-09-30'\n{FIELDS}", THROUGH, "date"),
    (FIELDS, f"[file]\ndelimiter = 'x'\n{FIELDS}", "file.delimiter", "must be one of"),
    (FIELDS, f"[file]\nencoding = 'big5'\n{FIELDS}", "file.encoding", "unknown"),
    (FIELDS, f"[[file]]\n{FIELDS}", "file", "table"),
    (FIELDS, "[field]", "field", "unknown"),
    (f"loan_ref = {LOAN}", "", "fields.loan_ref", "missing"),
    (f"loan_ref = {LOAN}", 'loan_ref = "loan"', "fields.loan_ref", "table"),
    (LOAN, "{ column = 1 }", "fields.loan_ref.column", "text"),
    (LOAN, '{ column = "loan", constant = "x" }', "fields.loan_ref", "exactly one"),
    (LOAN, "{ }", "fields.loan_ref", "exactly one"),
    (LOAN, '{ column = "loan", upper = true }', "fields.loan_ref.upper", "unknown"),
    (LOAN, '{ column = "loan", integral = 1 }', "fields.loan_ref.integral", "true or"),
    ("name = {", "nickname = {", "fields.nickname", "unknown"),
    (STATUS, '"1" = "overdue"', "fields.status.codes.1", "is not one of"),
    (STATUS, '"1" = ""', "fields.status.codes.1", "is empty"),
    (STATUS, '"1" = 1', "fields.status.codes.1", "text"),
    ('{ constant = "card" }', '{ constant = "" }', "fields.product.constant", "empty"),
    ('{ constant = "zh-Hant" }', '{ constant = "zh" }', "fields.language.constant", "one of"),
    (BOX, '"box-{customer"', "fields.app_inbox.template", "brace"),
    (BOX, '"box"', "fields.app_inbox.template", "no column"),
    (SINCE, '{ months_before = "loan_ref" }', "fields.overdue_since_on.months_before", "name a field"),
    (SINCE, '{ months_before = "overdue_since_on" }', "fields.overdue_since_on.months_before", "come from"),
    (SINCE, '{ months_before = "as_of_on", months = "loan_ref" }', "fields.overdue_since_on.months", "name"),
    ('{ column = "name" }', '{ months_before = "as_of_on" }', "fields.name.months_before", "gives a date"),
    ('zone = { column = "zone" }', "", "fields.zone", "belongs to place"),
    ('statement_on = { column = "as_of" }', "", "fields.statement_on", "belongs to"),
]


@pytest.mark.parametrize(("old", "new", "where", "what"), MISTAKES)
def test_a_mistake_is_named_with_file_table_and_key(tmp_path, old, new, where, what):
    error = refusal(tmp_path, (old, new))

    named = ".".join(part for part in (error.facts["table"], error.facts["key"]) if part)
    assert (error.code, named) == ("import.bad_mapping", where)
    assert what in error.what
    assert error.what.startswith("m.toml")


@pytest.mark.parametrize(
    "text", ["= 1", "[fields", "a = 1\na = 2", "\ufeff" + MAPPING, "x = " + "[" * 20_000, "x = 1e", "\x00"]
)
def test_what_is_no_toml_is_refused(tmp_path, text):
    assert "not valid TOML" in refusal(tmp_path, text=text).what


@pytest.mark.parametrize("content", [b"\xff\xfe", b"mode = '\xe9'", b"#" * 1_000_001])
def test_bytes_that_are_no_mapping_are_refused(tmp_path, content):
    with pytest.raises(BadInput, match=r"m\.toml"):
        read_mapping(write(tmp_path / "m.toml", content))


def test_a_mapping_that_cannot_be_read_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "absent.toml", tmp_path / "nul\x00.toml"):
        with pytest.raises(BadInput, match="cannot be read"):
            read_mapping(path)


def test_a_shipped_mapping_is_found_by_its_name_and_any_other_by_its_path(tmp_path):
    assert find_mapping("taiwan_card_2005") == SHIPPED / "taiwan_card_2005.toml"
    assert find_mapping("./own.toml").name == "own.toml"
    with pytest.raises(BadInput, match="No mapping is called") as caught:
        find_mapping("taiwan")
    assert "taiwan_card_2005" in caught.value.hint


def test_every_shipped_mapping_is_valid():
    for path in SHIPPED.glob("*.toml"):
        assert read_mapping(path).fields


def test_an_absent_column_is_named_and_the_files_own_first_line_is_not_repeated(tmp_path):
    mapping = a_mapping(tmp_path)
    header = [*mapping.columns]
    header[header.index("balance")] = "Wang Xiaoming"

    with pytest.raises(BadInput) as caught:
        mapping.check_header(header)

    assert caught.value.facts["table"] == "fields.statement_amount"
    assert caught.value.facts["key"] == "balance"
    assert "Wang" not in str(caught.value)


def test_the_digest_is_that_of_the_text(tmp_path):
    assert a_mapping(tmp_path).digest == a_mapping(tmp_path).digest
    assert a_mapping(tmp_path).digest != a_mapping(tmp_path, ('"card"', '"loan"')).digest
