"""One region's answer as JSON: the shape must be the known one, and a value what its text prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ba_api_wire import Row, dataset, json_bytes, part, rows, unemployed
from integrationsmonitor.errors import ContractError
from integrationsmonitor.sources import ba_api_json
from integrationsmonitor.sources.ba_figures import Figure

ALO, WORK, JOBS = dataset("ba_api_alo"), dataset("ba_api_bst"), dataset("ba_api_stea")
ERFURT = [fig for fig in unemployed() if fig.region == "16051"]


def read(body: Any, found: Any = ALO) -> list[Figure]:
    data = body if isinstance(body, bytes) else json_bytes(body)
    return ba_api_json.read_figures(part(found, "16051", data), found, "night.zip")


def refused(change: Callable[[list[Row]], object]) -> str:
    answer = rows(ALO, ERFURT)
    changed = change(answer)
    with pytest.raises(ContractError) as raised:
        read(answer if changed is None else changed)
    assert str(raised.value).isprintable() and len(str(raised.value)) < 600, "it goes into files and terminals"
    return str(raised.value)


def put(number: int, **words: Any) -> Callable[[list[Row]], None]:
    """Other words in one object, counted from 1."""
    return lambda answer: answer[number - 1].update(words)


def test_figures_come_in_the_order_of_the_list_without_thousands_marks():
    found = read(rows(ALO, ERFURT))
    assert found[0] == Figure(1, 1, "2026-10", "Arbeitslose insgesamt", "", "3020", "3.020")
    assert found[4] == Figure(
        5, 1, "2026-10", "Arbeitslosenquote (bezogen auf alle zivilen Erwerbspersonen)", "", "5,2", "5,2"
    )
    assert [figure.line for figure in found] == list(range(1, 25))


def test_the_error_names_dataset_bundle_member_and_line():
    assert refused(put(3, value=228.03, showValue="228.030")) == (
        "ba_api_alo: night.zip, 16051.json line 3: expected the value that showValue prints, 228.030, found 228.03. "
        "If the BA changed it, say so in catalog/datasets/ba_api_alo.yml"
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (2020, "2.030"),
        (2020, "2020"),
        (2020, "2,020"),
        (2020.5, "2.020"),
        (-2020, "2.020"),
        (10.7, "10,6"),
        (10.65001, "10,6"),
        (0, "-"),
        (2020, ""),
        (2020, None),
        (2020, 2020),
        ("2020", "2.020"),
        (True, "1"),
        ([2020], "2.020"),
        (None, ""),
        (None, " "),
        (None, None),
        (None, "2.020"),
        (None, "20 20"),
    ],
)
def test_a_value_that_is_not_what_its_text_prints_is_refused(value, shown):
    assert "16051.json line 3: expected " in refused(put(3, value=value, showValue=shown))


@pytest.mark.parametrize(("value", "shown", "plain"), [(10.6401, "10,6", "10,6"), (0, "0", "0"), (-3, "-3", "-3")])
def test_what_agrees_is_handed_on_as_printed(value, shown, plain):
    answer = rows(ALO, ERFURT)
    put(3, value=value, showValue=shown)(answer)
    assert read(answer)[2].value == plain


def test_a_null_carries_its_sign():
    answer = rows(ALO, ERFURT)
    put(3, value=None, showValue=" * ")(answer)
    assert read(answer)[2].value == "*"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda answer: {"data": answer}, "expected a list of figures, found dict"),
        (lambda answer: [], "expected a list of figures, found an empty list"),
        (lambda answer: [*answer, 5], "line 25: expected an object, found int"),
        (lambda answer: answer[1].__delitem__("index"), "line 2: expected the key index"),
        (put(2, einheit="Prozent"), "line 2: expected the keys attributes, value, showValue, metricName, index"),
        (put(2, attributes=[]), "line 2: expected the attributes 0, found list"),
        (put(2, attributes={"0": {"DESC": "Oktober 2026"}, "1": {"DESC": "Männer"}}), "the attributes 0, found 0, 1"),
        (put(2, attributes={}), "expected the attributes 0, found none"),
        (put(2, attributes={"0": "Oktober 2026"}), "line 2: expected an object, found str"),
        (put(2, attributes={"0": {}}), "expected the key DESC, found none"),
        (
            put(2, attributes={"0": {"DESC": "Oktober 2026", "KEY": "202610"}}),
            "expected the keys DESC and those under source.more_keys, found 'KEY'",
        ),
        (put(2, attributes={"0": {"DESC": "October 2026"}}), "a German month such as Mai 2026, found 'October 2026'"),
        (put(2, attributes={"0": {"DESC": 202610}}), "a German month such as Mai 2026, found 202610"),
        (put(2, metricName=7), "line 2: expected a metricName that is text, found 7"),
        (put(2, index="0"), "line 2: expected an index from 0, found '0'"),
        (put(2, index=-1), "line 2: expected an index from 0, found -1"),
        (put(2, index=10**2000), "line 2: expected an index from 0, found 1000"),
        (put(2, index=True), "line 2: expected an index from 0, found True"),
        (put(2, index=1), "line 2: expected index 0 for Oktober 2026, found 1"),
    ],
)
def test_another_shape_is_refused(change, text):
    assert text in refused(change)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "expected JSON"),
        (b"<!DOCTYPE html><p>Wartung", "found Expecting value: line 1 column 1 (char 0) in '<!DOCTYPE html>"),
        (json_bytes(rows(ALO, ERFURT))[:-30], "expected JSON"),
        (json_bytes(rows(ALO, ERFURT)) + b"]", "expected JSON, found Extra data"),
        (json_bytes(rows(ALO, ERFURT)).replace(b'"value": 2010', b'"value": NaN'), "NaN is no number"),
        (json_bytes(rows(ALO, ERFURT)).replace(b'"value": 2010', b'"value": 1e9999999'), "is no plain number"),
        (json_bytes(rows(ALO, ERFURT)).replace(b'"value": 2010', b'"value": 5, "value": 2010'), "a key stands twice"),
        (json_bytes(rows(ALO, ERFURT)).replace(b'"value": 2010', b'"value": ' + b"9" * 5000), "expected JSON"),
        (
            json.dumps([{**rows(ALO, ERFURT)[0], "value": None, "showValue": "\ud800"}]).encode(),
            "surrogates not allowed",
        ),
        (json.dumps([{"\ud800": 1}]).encode(), r"expected the key attributes, found \ud800"),
        (b"[" * 100_000, "expected JSON"),
        ("[\xdf]".encode("latin-1"), "expected JSON"),
        (b" " * (ba_api_json.MAX_BYTES + 1), "at most 16,777,216 bytes"),
        (b"[" + b"1," * ba_api_json.MAX_OBJECTS + b"1]", "at most 200,000 figures"),
    ],
)
def test_what_is_no_json_of_this_kind_is_refused(body, text):
    assert text in refused(lambda _: body)


@pytest.mark.parametrize("indexes", [(1, 2, 3), (0, 2, 1), (0, 1, 1)])
def test_an_index_that_does_not_fit_the_order_of_the_months_is_refused(indexes):
    def reorder(answer: list[Row]) -> None:
        for row in answer:
            row["index"] = indexes[row["index"]]

    assert "index 0 for the latest month, rising into the past" in refused(reorder)


def test_an_index_may_leave_room_for_the_months_between():
    answer = rows(ALO, ERFURT)
    for row in answer:
        row["index"] = (0, 1, 12)[row["index"]]
    assert read(answer) == read(rows(ALO, ERFURT))


def test_changes_are_read_but_are_no_figures():
    stock = {"metricName": "Bestand Arbeitsstellen", "value": 1010, "showValue": "1.010"}
    change = {"metricName": "STEA_VJV_rel", "value": -3.4, "showValue": "-3,4"}
    both = [{"attributes": {"0": {"DESC": "Oktober 2026"}}, "index": 0, **words} for words in (stock, change)]
    assert [figure.value for figure in read(both, JOBS)] == ["1010"]
    with pytest.raises(ContractError, match="expected figures, found changes only"):
        read(both[1:], JOBS)


def test_keys_that_the_dataset_file_names_may_stand_there():
    more = replace(ALO, source={**ALO.source, "more_keys": ["KEY", "unit"]})
    answer = rows(ALO, ERFURT)
    for row in answer:
        row["unit"] = "Personen"
        row["attributes"]["0"]["KEY"] = "202610"
    assert read(answer, more) == read(rows(ALO, ERFURT))


def test_the_order_of_keys_does_not_matter():
    turned = [dict(reversed(row.items())) for row in rows(ALO, ERFURT)]
    assert read(turned) == read(rows(ALO, ERFURT))


def test_a_table_with_groups_names_one_in_every_row():
    row = {"attributes": {"0": {"DESC": "Juni 2026"}}, "value": 1, "showValue": "1", "metricName": "B", "index": 0}
    with pytest.raises(ContractError, match="expected the attributes 0, 1, found 0"):
        read([row], WORK)
    row["attributes"] = {"0": {"DESC": "Juni 2026"}, "1": {"DESC": None}}
    with pytest.raises(ContractError, match="a group that is text"):
        read([row], WORK)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["attributes", "value", "showValue", "metricName", "index", "0"]), inner)
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=150)
@given(st.lists(_JSON, min_size=1, max_size=3))
def test_no_other_json_brings_the_reader_down(found):
    with pytest.raises(ContractError):
        read(json.dumps(found).encode())
