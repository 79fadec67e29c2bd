"""The client of the BA statistics API against a server on loopback, and the BA's list of regions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ba_api_wire import dataset, entry, json_bytes, kreise, region_list, rows, spelled, unemployed
from integrationsmonitor import archive
from integrationsmonitor.dataset import Dataset
from integrationsmonitor.errors import ContractError
from integrationsmonitor.http import HttpClient, Policy
from integrationsmonitor.replay import Answer, ReplayServer, Request
from integrationsmonitor.replay.store import pack
from integrationsmonitor.sources import ba_api, ba_api_client, ba_regions
from integrationsmonitor.sources.bundle import Part, open_bundle
from integrationsmonitor.sources.fetched import Fetched
from wire import catalog

ALO, WORK = dataset("ba_api_alo"), dataset("ba_api_bst")
REGIONS = catalog().regions
Faults = Callable[[Request], Answer | None]


def listed(*more: dict[str, Any], leave_out: str = "") -> bytes:
    """The list with every Kreis but one, some other regions, and what else is given."""
    found = [entry(key) for key in kreise() if key != leave_out]
    others = [entry("11000", "Berlin, Stadt"), entry("16051", "Erfurt", "Agentur für Arbeit")]
    return region_list(*others, *found, more=more)


# --- the list of regions ---------------------------------------------------------------------------------------------


def test_the_list_gives_the_name_of_every_kreis_of_today():
    names = ba_regions.region_names(listed(), REGIONS, "ba_api_alo")
    assert names == {key: spelled(key) for key in kreise()}
    assert (names["16051"], names["16070"], len(names)) == ("Erfurt, Stadt", "Ilm-Kreis", 22)


def test_bom_blanks_and_a_missing_semicolon_do_no_harm():
    plain = ba_regions.region_names(listed(), REGIONS, "x")
    for data in (b"\xef\xbb\xbf\n" + listed(), listed().rstrip(b";\n"), listed().replace(b" = ", b"=")):
        assert ba_regions.region_names(data, REGIONS, "x") == plain


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (listed(leave_out="16077"), "expected a Kreis 16077 (Altenburger Land), found 21 others"),
        (listed(entry("16056", "Eisenach, Stadt")), "Kreise of Thüringen that exist today"),
        (listed(entry("16099", "Neukreis")), "found 16099000 (Neukreis)"),
        (listed(entry("16 051", "Erfurt, Stadt")), "Kreise of Thüringen that exist today"),
        (
            listed(entry("16051", "Erfurt")),
            "16051: expected the name 'Erfurt, Stadt', found 'Erfurt'",
        ),
        (listed().replace(b"Gotha", b"Gotha, Kreis"), "Kreis 16067: expected the name 'Gotha'"),
        (listed().replace(b"Erfurt, Stadt", b"Erfurt"), "Kreis 16051: expected the name 'Erfurt, Stadt'"),
        (listed()[:-40], "expected JSON behind the assignment"),
        (listed() + b"alert(1);", "expected JSON behind the assignment"),
        (listed().replace(b"var ", b"let "), "expected 'var persistListenfelderJSON = "),
        (b"<!DOCTYPE html>", "expected 'var persistListenfelderJSON = "),
        (listed().replace(b'"DESC"', b'"DESC": "", "DESC"'), "DESC stands twice in one object"),
        (listed().decode().encode("cp1252"), "expected UTF-8"),
        (b"var persistListenfelderJSON = " + b"[" * 100_000, "expected JSON behind the assignment"),
        (b"var persistListenfelderJSON = [" + b"[]," * 100_000 + b"[]]", "at most 100,000 values"),
        (b" " * (ba_regions.MAX_BYTES + 1), "at most 8,388,608 bytes"),
        (b"", "expected 'var persistListenfelderJSON = "),
    ],
)
def test_another_list_is_refused(data, text):
    with pytest.raises(ContractError) as raised:
        ba_regions.region_names(data, REGIONS, "ba_api_alo")
    assert text in str(raised.value)


@settings(deadline=None, max_examples=50)
@given(st.permutations(kreise()), st.integers(0, 3))
def test_how_the_list_is_nested_does_not_matter(order, depth):
    found: Any = [entry(key) for key in order]
    for level in range(depth):
        found = {f"ebene{level}": [found, {"anderes": level}]}
    data = f"var persistListenfelderJSON = {json.dumps(found)}".encode()
    assert ba_regions.region_names(data, REGIONS, "x") == {key: spelled(key) for key in kreise()}


# --- the client ------------------------------------------------------------------------------------------------------


def host(request: Request) -> Answer:
    """The two hosts of the BA: the list, and for each region its own figures."""
    if request.host == "ba":
        return Answer(200, "application/javascript", listed())
    asked = [value for _, value in parse_qsl(request.query)] or [""]
    mine = [fig for fig in unemployed() if spelled(fig.region) == asked[0]]
    return Answer(200, "application/json", json_bytes(rows(ALO, mine)))


@contextmanager
def served(folder: Path, answers: Faults = host) -> Iterator[tuple[ReplayServer, HttpClient]]:
    waits: list[float] = []
    folder.mkdir(exist_ok=True)
    with (
        ReplayServer(pack(folder, []), faults=answers) as server,
        HttpClient(Policy(attempts=2), sleep=waits.append) as http,
    ):
        yield server, http


def fetch(folder: Path, answers: Faults = host, found: Dataset = ALO) -> tuple[Fetched, list[Request]]:
    with served(folder, answers) as (server, http):
        url = server.base_url("ba") + ba_regions.LIST_PATH
        past = archive.History()
        (answer,) = ba_api_client.fetch(found, catalog(), server.base_url("ba_api"), http, past, region_list_url=url)
        return answer, list(server.requests)


def test_all_regions_become_one_answer_that_the_reader_takes(tmp_path, monkeypatch):
    monkeypatch.setenv("MONITOR_NOW", "2026-11-20T02:15:00+01:00")
    answer, requests = fetch(tmp_path)
    assert (answer.slot, answer.scope_from, answer.scope_to) == ("all", "1900-01-01", "9999-12-31")
    assert (answer.filename, answer.request) == ("EckwerteTabelleALOKr.zip", {"requests": "24", "format": "json"})
    assert answer.url.endswith("/bids-api/pc/v1/tableFetch/dia/EckwerteTabelleALOKr")
    assert len(requests) == 25, "the list, then region by region"
    parts = open_bundle(answer.body, "ba_api_alo", answer.filename)
    assert {part.region_key for part in parts} == {"DG", "16", *kreise()}
    assert ba_api.read_cells(parts, ALO, answer.filename, answer.retrieved_at).cells.num_rows == 576


def test_addresses_are_those_of_the_source(tmp_path):
    answer, requests = fetch(tmp_path)
    urls = {part.region_key: part.url for part in open_bundle(answer.body, "x", "x")}
    assert urls["16051"] == "pc/v1/tableFetch/dia/EckwerteTabelleALOKr?Kreis=Erfurt%2C%20Stadt"
    assert urls["16"] == "pc/v1/tableFetch/dia/EckwerteTabelleALOBL?Bundesland=Th%C3%BCringen"
    assert urls["DG"] == "pc/v1/tableFetch/dia/EckwerteTabelleALOD"
    assert requests[1].query == "Kreis=Erfurt%2C%20Stadt", "so it is sent, too"
    work, _ = fetch(tmp_path / "work", found=WORK)
    urls = {part.region_key: part.url for part in open_bundle(work.body, "x", "x")}
    assert urls["16068"] == "pc/v1/tableFetch/dia/EckwerteTabelleBST?Kreis%20AO=S%C3%B6mmerda"
    as_csv, _ = fetch(tmp_path / "csv", found=replace(ALO, source={**ALO.source, "format": "csv"}))
    first = open_bundle(as_csv.body, "x", "x")[0]
    assert (first.name, first.url[:26]) == ("16.csv", "ct/v1/tableFetch/csv/Eckwe")


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (404, "HTTP 404: the host knows no such table. Correct source.requests in catalog/datasets/ba_api_alo.yml"),
        (403, "HTTP 403: the host refuses the request. Slow down"),
        (503, "HTTP 503"),
    ],
)
def test_a_request_that_fails_ends_the_round_with_its_problem(status, text, tmp_path):
    def fails(request: Request) -> Answer:
        return Answer(status, "text/html", b"<p>so nicht") if "Gera" in request.query else host(request)

    answer, requests = fetch(tmp_path, fails)
    assert answer.problem is not None
    assert text in str(answer.problem)
    assert "Kreis=Gera%2C%20Stadt" in str(answer.problem)
    assert not any("Jena" in request.query for request in requests)


def test_a_list_that_changed_is_a_failure_with_its_bytes(tmp_path):
    def without(request: Request) -> Answer:
        return Answer(200, "text/plain", listed(leave_out="16077")) if request.host == "ba" else host(request)

    answer, requests = fetch(tmp_path, without)
    assert "a Kreis 16077 (Altenburger Land) in the Kreise, found 21 others" in str(answer.problem)
    assert answer.body == listed(leave_out="16077")
    assert len(requests) == 1


def test_only_the_kreise_need_the_list(tmp_path):
    only = replace(ALO, source={**ALO.source, "requests": ALO.source["requests"][1:]})
    answer, requests = fetch(tmp_path, found=only)
    assert [request.host for request in requests] == ["ba_api", "ba_api"]
    assert answer.request["requests"] == "2"


# --- the probe -------------------------------------------------------------------------------------------------------


def probe(folder: Path, held: list[Part], answers: Faults = host, found: Dataset = ALO) -> tuple[bool, list[Request]]:
    with served(folder, answers) as (server, http):
        base = server.base_url("ba_api")
        same = ba_api_client.is_unchanged(found, catalog(), base, http, held)
        return same, list(server.requests)


def test_one_request_tells_whether_anything_changed(tmp_path):
    answer, _ = fetch(tmp_path)
    held = open_bundle(answer.body, "x", "x")
    same, requests = probe(tmp_path / "same", held)
    assert (same, [request.query for request in requests]) == (True, ["Bundesland=Th%C3%BCringen"])

    def other(request: Request) -> Answer:
        return Answer(200, "application/json", b"[]")

    assert probe(tmp_path / "other", held, other)[0] is False


def test_a_dataset_that_asks_otherwise_has_changed(tmp_path):
    answer, _ = fetch(tmp_path)
    held = open_bundle(answer.body, "x", "x")
    fewer, as_csv = ({"requests": ALO.source["requests"][1:]}, {"format": "csv"})
    for number, change in enumerate((fewer, as_csv, {"requests": ALO.source["requests"][:1]})):
        found = replace(ALO, source={**ALO.source, **change})
        assert probe(tmp_path / str(number), held, found=found) == (False, [])
