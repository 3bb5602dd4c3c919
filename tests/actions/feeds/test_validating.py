"""A row of any feed is accepted as values or rejected with reasons, whatever stands in it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from arrears.actions.feeds.columns import columns_of
from arrears.actions.feeds.reading.opening import open_rows
from arrears.actions.feeds.registry import FEEDS
from arrears.actions.feeds.validating import Validator
from arrears.kernel.errors import ArrearsError
from tests.actions.feeds.books import EXAMPLES, TODAY, csv_text, write
from tests.actions.importing.hostile import changed, changes


def outcomes(path, feed):
    with open_rows(path) as reader:
        columns = columns_of(path, reader.header, feed, None)
        validator = Validator(feed, columns, TODAY)
        return [validator.validate(batch) for batch in reader.batches(columns.names)]


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_good_row_is_accepted_with_the_values_of_its_texts(tmp_path, name):
    (outcome,) = outcomes(write(tmp_path / "f.csv", [EXAMPLES[name]]), FEEDS[name])

    assert (outcome.rejects, outcome.rows.height, outcome.rows["line"].to_list()) == ([], 1, [2])


@pytest.mark.parametrize("name", EXAMPLES)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(how=changes())
def test_any_file_gives_valid_rows_and_reasons_or_an_error_in_words(tmp_path, name, how):
    feed = FEEDS[name]
    content = changed(csv_text([EXAMPLES[name]] * 3).encode(), how)
    try:
        found = outcomes(write(tmp_path / "f.csv", content), feed)
    except ArrearsError as error:
        assert error.what and error.code.startswith("import.")  # noqa: PT017, PT018
        return
    for outcome in found:
        for field in feed.fields:
            values = outcome.rows[field.name]
            assert values.dtype == field.kind.dtype
            assert not (field.is_required and values.null_count())
        for reject in outcome.rejects:
            assert reject.line >= 2
            assert reject.reason.isprintable()
