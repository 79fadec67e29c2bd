"""A night with every connector, live-shaped: the hosts' own paths, answers with plainly artificial figures.

The home is one of its own: no figure of these answers stands in `recordings/` or in a release of the project.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import local_wire
from ba_api_wire import Fig, dataset, entry, kreise, parts, region_list, unemployed
from ba_report_wire import KREISE, clean, figures_of, part
from integrationsmonitor import archive
from integrationsmonitor.dataset import Dataset
from integrationsmonitor.replay.store import add_pages
from integrationsmonitor.sources.ba_regions import LIST_PATH
from integrationsmonitor.sources.bundle import open_bundle
from night_support import SMALL, Night, Outcome, edit_yaml, small_catalog
from recordings_support import LATER, Recordings
from tls_wire import table
from wire import catalog

AMR, WEB, LOCAL = "ba_amr_kreise", "tls_kr000108", local_wire.ID
API = tuple(name for name, found in catalog().datasets.items() if found.connector == "ba_api" and not found.off_de)
JSON, CSV, SCRIPT = "application/json", "text/csv", "application/javascript"
BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OCTOBER, NOVEMBER = ("2026-10", "2026-09", "2025-10"), ("2026-11", "2026-10", "2025-11")
Page = tuple[str, str, int, str, list[str], bytes]


def series(months: int, newest: int = 2026 * 12 + 9) -> tuple[str, ...]:
    """So many months up to the newest, counted from the year 0."""
    return tuple(f"{n // 12}-{n % 12 + 1:02}" for n in range(newest, newest - months, -1))


def figures(found: Dataset, months: Iterable[str]) -> Iterator[Fig]:
    """Artificial counts for every region that a dataset asks for: the Kreise add up to their Land."""
    groups = [value.code for value in found.axes[0].values] if found.axes else [""]
    for back, month in enumerate(months):
        for measure in found.measures:
            for group in groups:
                counts = {key: Decimal(2000 + 10 * n + 10 * (back % 7)) for n, key in enumerate(kreise())}
                counts |= {"16": sum(counts.values(), Decimal(0)), "DG": Decimal(1_500_000 + 10 * (back % 7))}
                asked = {str(request["regions"]) for request in found.source["requests"]}
                for region, value in counts.items():
                    if ("kreise" if len(region) == 5 else region) in asked:
                        yield Fig(region, month, measure.code, group, value)


def api_pages(months: tuple[str, ...], epoch: int) -> Iterator[Page]:
    """Every answer of the BA statistics API, and the list of its regions."""
    yield "ba", LIST_PATH, epoch, SCRIPT, [*API], region_list(*(entry(key) for key in kreise()))
    for dataset_id in API:
        found = dataset(dataset_id)
        window = months if found.source["form"] == "Tabelle" else series(26)
        mine = unemployed(window) if dataset_id == "ba_api_alo" else figures(found, window)
        for answer in parts(found, list(mine)):
            yield "ba_api", answer.url, epoch, JSON, [dataset_id], answer.body


def report_pages(month: str, words: str, epoch: int) -> Iterator[Page]:
    """The workbooks of a month."""
    for key in KREISE:
        target = f"{part(key, b'', month).url}?__blob=publicationFile&v=1"
        yield "ba", target, epoch, BOOK, [AMR], clean(key, 0, words)


def all_pages() -> Iterator[Page]:
    """What the hosts say on 20 November."""
    yield from api_pages(OCTOBER, LATER)
    yield from report_pages("202609", "September 2026", LATER)
    yield from report_pages("202610", "Oktober 2026", LATER)
    for year in (2023, 2024):
        yield (
            "tls",
            f"datenbank/x.asp?zeit={year}||s1",
            LATER,
            CSV,
            [WEB],
            table(day=f"31.12.{year}").csv(encoding="cp1252"),
        )


def _switched_on(raw: dict[str, Any]) -> None:
    del raw["off_de"]
    raw["source"] |= {"link": "datenbank/x.asp?zeit={year}||s1", "start_year": 2023}


@pytest.fixture(scope="session")
def everything(once: Callable[[str, Callable[[Path], Outcome]], tuple[Path, Outcome]]) -> Night:
    """The home after a night with every connector; read-only."""

    def night(folder: Path) -> Night:
        return Night(folder / "home").with_(catalog=folder / "catalog", recordings=folder / "recordings")

    def make(folder: Path) -> Outcome:
        datasets = small_catalog(folder / "catalog", (*SMALL, *API, AMR, WEB)) / "datasets"
        edit_yaml(datasets / f"{WEB}.yml", _switched_on)
        edit_yaml(datasets / f"{AMR}.yml", lambda raw: raw["source"].update(start_month="2026-09"))
        add_pages(Recordings(folder / "recordings").folder, all_pages())
        drop = local_wire.write_description(folder / "home" / "local", local_wire.description()).parent
        counts = {area: (1010 + 10 * n, 1020 + 10 * n) for n, area in enumerate(local_wire.STADTTEILE.values())}
        (drop / "stadtteile_2025.csv").write_bytes(local_wire.csv(local_wire.rows(counts)))
        return night(folder).monitor("run")

    folder, outcome = once("everything", make)
    assert outcome.code == 0, outcome.err[-3000:]
    return night(folder)


def test_every_dataset_of_every_connector_is_accepted(everything: Night) -> None:
    states = {item["dataset_id"]: item["state"] for item in everything.monitor("status", "--json").json["datasets"]}
    assert {states[dataset_id] for dataset_id in (*API, AMR, WEB, LOCAL)} <= {"ok", "due", "overdue"}, states
    rows = dict(everything.query("select dataset_id, count(*) from fct_observation group by 1"))
    assert {name: rows.get(name, 0) for name in (*API, AMR, WEB, LOCAL)} == {
        "ba_api_alo": 24 * 3 * 8,
        "ba_api_alo_reihe": 2 * 26 * 4,
        "ba_api_bb": 24 * 3 * 4,
        "ba_api_bst": 24 * 3 * 3,
        "ba_api_bst_reihe": 24 * 26 * 3,
        "ba_api_grusi_reihe": 24 * 26 * 2,
        "ba_api_stea": 24 * 3,
        AMR: 2 * 22 * 10,
        WEB: 2 * 23 * 3,
        LOCAL: 5 * 3,
    }


def test_bases_places_and_territories_are_those_of_the_source(everything: Night) -> None:
    told = everything.query(
        "select distinct dataset_id, basis, place, territory_date from fct_observation where dataset_id like 'ba_%'"
    )
    for dataset_id, basis, place, territory in told:
        assert basis == ("BA_exact" if dataset_id == AMR else "BA_rounded10")
        mixed = "none" if dataset_id == "ba_api_bb" else "Wohnort"
        assert place == ("Arbeitsort" if "bst" in dataset_id or "stea" in dataset_id else mixed), dataset_id
        assert str(territory) == "2024-01-01"


def test_figures_on_todays_territory_meet_no_others(everything: Night) -> None:
    mixed = everything.query("select count(*) from mart_indicator where dataset_ids like '%ba\\_a%' escape '\\'")
    assert mixed == [(0,)]
    assert everything.query("select count(*) from mart_indicator where value is not null") != [(0,)]


def test_only_recent_figures_of_statistics_that_wait_are_provisional(everything: Night) -> None:
    found = everything.query(
        "select dataset_id, min(period_end), max(period_end) from fct_observation "
        "where contains(flags, 'provisional') group by 1 order by 1"
    )
    # known since 22 November: six months are over for the end of April, three for the end of July
    assert [(dataset_id, str(first), str(last)) for dataset_id, first, last in found] == [
        ("ba_api_bst", "2026-09-30", "2026-10-31"),
        ("ba_api_bst_reihe", "2026-05-31", "2026-10-31"),
        ("ba_api_grusi_reihe", "2026-08-31", "2026-10-31"),
    ]


def test_a_figure_leads_to_the_member_and_the_cell_it_stands_in(everything: Night) -> None:
    question = (
        "select value, raw_sha256, raw_locator from fct_observation where dataset_id = ? and region_key = '16067' "
        "and period_end = '2026-10-31' and measure = 'arbeitslose' and sex = 'insgesamt' "
        "and nationality = 'insgesamt' and age_group = 'insgesamt' and dimensions = ''"
    )
    ((value, digest, locator),) = everything.query(question, AMR)
    found = re.fullmatch(r"16067\.xlsx Eckwerte!D(\d+)", locator)
    assert found, locator
    assert value == figures_of("16067")[("Bestand an Arbeitslosen", "Insgesamt")]
    members = open_bundle(archive.get_raw(everything.settings, digest), AMR, "f")
    assert next(member for member in members if member.name == "16067.xlsx").body == clean("16067", 0, "Oktober 2026")
    ((value, digest, locator),) = everything.query(question, "ba_api_alo")
    member, _, line = locator.partition(" ")
    assert (member, line.startswith("line ")) == ("16067.json", True)
    held = open_bundle(archive.get_raw(everything.settings, digest), "ba_api_alo", "f")
    (expected,) = (
        fig.value for fig in unemployed(OCTOBER) if (fig.region, fig.month, fig.measure) == ("16067", "2026-10", "ALO")
    )
    assert value == expected
    assert next(part for part in held if part.name == member).url.endswith("?Kreis=Gotha")


def test_the_rehearsal_of_a_first_night_finds_every_contract_held(everything: Night) -> None:
    told = everything.monitor("first-night", *API, AMR, WEB, "--json")
    assert told.code == 0, told.err
    held = {item["dataset_id"]: (item["contract"], item["newest_period"]) for item in told.json}
    assert held == {
        **dict.fromkeys((*API, AMR), ("held", "2026-10-31")),
        WEB: ("held", "2024-12-31"),
    }


def test_the_night_after_asks_little_and_builds_nothing(everything: Night, tmp_path: Path) -> None:
    place = everything.copied_to(tmp_path / "home").with_(now="2026-11-23T02:15:00+01:00")
    told = place.monitor("run")
    assert told.code == 0
    assert "nothing new" in told.err
    for dataset_id in API:
        assert f"{dataset_id}: not among the source's changes" in told.err
    assert place.release["release_id"] == everything.release["release_id"]


def test_a_new_month_comes_beside_the_old_ones_and_takes_nothing_back(everything: Night, tmp_path: Path) -> None:
    later = LATER + 86_400_000 * 30
    recordings = Recordings(tmp_path / "recordings")
    add_pages(recordings.folder, all_pages())
    new = [
        ("ba_api", answer.url, later, JSON, ["ba_api_alo"], answer.body)
        for answer in parts(dataset("ba_api_alo"), unemployed(NOVEMBER))
    ]
    add_pages(recordings.folder, [*new, *report_pages("202611", "November 2026", later)])
    place = everything.copied_to(tmp_path / "home").with_(now="2026-12-06T02:15:00+01:00", recordings=recordings.folder)
    assert place.monitor("run").code == 0
    months = "select distinct strftime(period_end, '%Y-%m') from fct_observation where dataset_id = ? order by 1"
    assert [month for (month,) in place.query(months, "ba_api_alo")] == sorted({*OCTOBER, *NOVEMBER})
    assert [month for (month,) in place.query(months, AMR)] == ["2026-09", "2026-10", "2026-11"]
    assert place.release["source_mode"] == "recorded"
