"""A newcomer's night: the recorded source, from an empty checkout to a release that an analyst can work with."""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from integrationsmonitor import landing
from integrationsmonitor.release.contract import load_contract
from night_support import Night, Outcome

# Values of Kreise as published that the recordings hold, no more and no fewer. Why not one per Kreis and year:
KREIS_VALUES = {
    "A11": 483,  # 1995 to 2015: 21 × 23
    "A01": 136,  # 2010, 2015, 2019 to 2022: 6 × 23, less 2 Kreise that print a sign for 2022
    "E01": 276,  # 2008 to 2019: 12 × 23; 2025 prints no foreigners per Kreis
    "E02": 276,
    "E10": 248,  # 2001 to 2008, 2017, 2018 and 2023 print no rate of foreigners per Kreis
    "E11": 248,  # as E10
    "E12": 482,  # 2001 to 2020 and 2023: 21 × 23, less one sign
    "F01": 138,  # 2010 to 2015: 6 × 23
}
PARTS_OF_A_RELEASE = {"warehouse.duckdb", "exports", "quality", "docs", "diff.json", "diff.md", "release.json"}


def test_the_night_ends_with_zero_and_says_where_things_are(recorded_run: tuple[Night, Outcome]) -> None:
    _, outcome = recorded_run
    assert outcome.code == 0, outcome.err[-3000:]
    lines = outcome.out.splitlines()
    told = {line.split()[0]: line.split()[-1] for line in lines if line}
    assert told["gate"] == "passed"
    assert told["warehouse"] == "var/current/warehouse.duckdb"
    assert told["exports"] == "exports/current"
    assert told["quality"] == "var/current/quality/index.html"
    datasets = [line for line in lines if line.startswith(("regio_", "destatis_", "local_"))]
    assert len(datasets) == 20
    assert max(map(len, lines)) <= 120
    nothing = [line.split() for line in lines if line.startswith(("ba_", "tls_"))]
    assert {words[-2] for words in nothing} == {"not_recorded", "off"}, "no answer of these hosts was ever recorded"
    ok = {line.split()[0] for line in datasets if " ok " in line}
    assert ok == {
        "destatis_12521_0041",
        "local_azr_presse",
        "local_kreisangaben_2019",
        "regio_12411_01_01_4",
    }, "at the day of the recordings all others have ended, or their next period was published and not recorded"


def test_the_night_tells_what_it_does(recorded_run: tuple[Night, Outcome]) -> None:
    _, outcome = recorded_run
    for stage in ("fetch", "load", "build", "quality", "publish"):
        assert any(line.startswith(stage) for line in outcome.err.splitlines()), f"nothing was said about {stage}"
    assert "Traceback" not in outcome.err


def test_git_sees_nothing_of_the_night(recorded_home: Night) -> None:
    command = ["git", "status", "--porcelain", "--untracked-files=all"]
    changed = subprocess.run(command, cwd=recorded_home.project, check=True, capture_output=True, text=True)
    assert changed.stdout == ""


@pytest.mark.parametrize(("indicator", "expected"), KREIS_VALUES.items())
def test_the_number_of_kreis_values_is_exactly_that_of_the_source(
    recorded_home: Night, indicator: str, expected: int
) -> None:
    found = recorded_home.query(
        "select count(value) from mart_indicator "
        "where indicator_id = ? and territory = 'as_published' and region_level = 'kreis' and is_default "
        "and group_key = 'auslaender'",
        indicator,
    )
    assert found == [(expected,)]


def test_whoever_has_no_value_says_why(recorded_home: Night) -> None:
    silent = recorded_home.query(
        "select count(*) from mart_indicator where (value is null) = (status in ('value', 'zero'))"
    )
    assert silent == [(0,)]


# ---- the release, as an analyst opens it --------------------------------------------------------------------------


def test_an_analyst_can_read_and_cannot_write(recorded_home: Night) -> None:
    with (
        duckdb.connect(str(recorded_home.warehouse), read_only=True) as con,
        pytest.raises(duckdb.InvalidInputException, match="read-only"),
    ):
        con.execute("delete from mart_indicator")


def test_every_table_and_every_column_is_described(recorded_home: Night) -> None:
    nameless = recorded_home.query(
        "select table_name, '' as column_name from duckdb_tables() where coalesce(comment, '') = '' "
        "union all select table_name, column_name from duckdb_columns() "
        "where not internal and coalesce(comment, '') = '' order by all"
    )
    assert nameless == []
    tables = {name for (name,) in recorded_home.query("select table_name from duckdb_tables()")}
    published = {"dim_region", "dim_dataset", "dim_indicator", "dim_period", "fct_observation", "mart_indicator"}
    assert published | {"meta_release"} <= tables


def test_the_release_says_that_it_is_recorded(recorded_home: Night) -> None:
    release = recorded_home.release
    assert release["source_mode"] == "recorded"
    assert recorded_home.query("select release_id, source_mode, gate, notice_de from meta_release") == [
        (release["release_id"], "recorded", "passed", "Aufgezeichnete Daten, kein Live-Abruf")
    ]
    assert (recorded_home.home / "source-mode").read_text(encoding="utf-8").strip() == "recorded"


def test_the_release_is_whole(recorded_home: Night) -> None:
    folder = (recorded_home.home / "current").resolve()
    assert {path.name for path in folder.iterdir()} >= PARTS_OF_A_RELEASE
    listed = {file["path"]: file["bytes"] for file in recorded_home.release["files"]}
    present = {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and path.name != "release.json"
    }
    assert listed == present


def test_every_accepted_answer_is_named_with_its_hash(recorded_home: Night) -> None:
    named = {entry["sha256"] for entry in recorded_home.release["raw_inputs"]}
    kept = {path.name for path in (recorded_home.home / "archive" / "raw").rglob("*") if path.is_file()}
    used = {digest for (digest,) in recorded_home.query("select distinct raw_sha256 from fct_observation")}
    assert named == kept
    assert used <= named
    for entry in recorded_home.release["raw_inputs"]:
        assert entry["url"].startswith(("recorded:", "file:")), "no host was asked"
        assert entry["parse_keys"], "it was read"


def test_the_release_says_with_which_code_and_file_each_dataset_was_read(recorded_home: Night) -> None:
    states = {state["dataset_id"]: state["reading"] for state in recorded_home.release["datasets"]}
    read = {entry["dataset_id"]: entry["parse_keys"][-1] for entry in recorded_home.release["raw_inputs"]}
    for dataset_id, reading in states.items():
        assert reading["parse_key"] == read.get(dataset_id)
        file = recorded_home.project / "catalog" / "datasets" / f"{dataset_id}.yml"
        expected = hashlib.sha256(file.read_bytes()).hexdigest() if dataset_id in read else None
        assert reading["dataset_file_sha256"] == expected
        assert reading["parser_version"] == (landing.parser_version() if dataset_id in read else None)


def test_no_two_rows_share_a_key_of_the_export(recorded_home: Night) -> None:
    order = load_contract(recorded_home.project / "exports" / "exports.yml").order
    tables = {table for (table,) in recorded_home.query("select table_name from duckdb_tables()")}
    assert tables <= order.keys()
    for table in tables:
        key = ", ".join(order[table])
        assert recorded_home.query(f"select {key} from {table} group by all having count(*) > 1 limit 1") == [], table


def test_no_path_of_this_machine_is_in_the_release(recorded_home: Night) -> None:
    place = str(recorded_home.project).encode()
    for path in (recorded_home.home / "current").resolve().rglob("*"):
        if path.is_file():
            assert place not in path.read_bytes(), f"{path.name} holds the path of the checkout"


def test_both_csv_of_the_indicators_are_the_table(recorded_home: Night) -> None:
    held = {
        value_id: (indicator, region, _plain(value), status, flags)
        for value_id, indicator, region, value, status, flags in recorded_home.query(
            "select value_id, indicator_id, region_key, value, status, flags from mart_indicator"
        )
    }
    folder = recorded_home.project / "exports" / "current"
    names = ("value_id", "indicator_id", "region_key", "value", "status", "flags")
    latest = json.loads((folder / "latest.json").read_text(encoding="utf-8"))
    told = next(table for table in latest["tables"] if table["table"] == "mart_indicator")
    german = {column["name"]: column["header_de"] for column in told["columns"]}
    with (folder / "csv" / "mart_indicator.csv").open(encoding="utf-8", newline="") as file:
        printed = {row["value_id"]: tuple(row[name] for name in names[1:]) for row in csv.DictReader(file)}
    assert printed == held
    with (folder / "excel-csv" / "mart_indicator.csv").open(encoding="utf-8-sig", newline="") as file:
        printed = {
            row[german["value_id"]]: tuple(row[german[name]] for name in names[1:])
            for row in csv.DictReader(file, delimiter=";")
        }
    assert printed == {key: (*row[:2], row[2].replace(".", ","), *row[3:]) for key, row in held.items()}


def _plain(value: Decimal | None) -> str:
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def test_the_matrix_holds_every_value_that_speaks_and_no_other(recorded_home: Night) -> None:
    """Unpivoted, the indicators side by side are the default rows, the last one of each year."""
    parquet = recorded_home.project / "exports" / "current" / "parquet" / "mart_indicator_matrix.parquet"
    keys = "territory, territory_date, group_key, region_key, year"
    ids = [row[0] for row in recorded_home.query("select distinct indicator_id from mart_indicator where is_default")]
    sides = " union all ".join(
        f"select '{i}' as indicator_id, {keys}, {i} as value, {i}_status as status, {i}_period_end as period_end "
        f"from read_parquet('{parquet}') where {i}_status is not null"
        for i in ids
    )
    dated = keys.replace("year", "year(period_end)::integer as year")
    held = f"""select indicator_id, {dated}, value, status, period_end
        from mart_indicator where is_default
        qualify row_number() over (partition by indicator_id, {keys} order by period_end desc) = 1"""
    assert recorded_home.query(f"select count(*) from ({sides})") == recorded_home.query(
        f"select count(*) from ({held})"
    )
    assert recorded_home.query(f"(({sides}) except ({held})) union all (({held}) except ({sides}))") == []
    per_key = recorded_home.query(f"select {keys} from read_parquet('{parquet}') group by all having count(*) > 1")
    assert per_key == []


def test_the_parquet_of_the_indicators_is_the_table(recorded_home: Night) -> None:
    parquet = recorded_home.project / "exports" / "current" / "parquet" / "mart_indicator.parquet"
    (differing,) = recorded_home.query(
        f"select count(*) from (from mart_indicator except all from read_parquet('{parquet}')) "
        f"union all select count(*) from (from read_parquet('{parquet}') except all from mart_indicator)"
    )[:1]
    assert differing == (0,)


# ---- the night after, without news --------------------------------------------------------------------------------

# Runs the command and says afterwards, on its last line, which of the heavy libraries were imported.
PROBE = """
import sys
from integrationsmonitor.cli import main
sys.argv = ["monitor", "run"]
try:
    main()
except SystemExit as end:
    heavy = sorted({"dbt", "great_expectations", "pandas", "airflow"} & set(sys.modules))
    print("imported:", ",".join(heavy) or "nothing heavy")
    raise
"""


def test_a_night_without_news_changes_nothing_and_imports_nothing_heavy(recorded_home: Night, tmp_path: Path) -> None:
    night = recorded_home.copied_to(tmp_path / "home")
    before = _state(night)
    ended = subprocess.run(
        [sys.executable, "-c", PROBE],
        check=False,
        env=night.environment,
        cwd=night.project,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1] == "imported: nothing heavy"
    assert "nothing new" in ended.stderr
    assert before["release"] in ended.stdout
    assert _state(night) == before


def _state(night: Night) -> dict[str, object]:
    return {
        "current": str((night.home / "current").readlink()),
        "release": night.release["release_id"],
        "releases": sorted(path.name for path in (night.home / "releases").iterdir()),
        "raw": sorted(path.name for path in (night.home / "archive" / "raw").rglob("*")),
        "landing": sorted(path.name for path in (night.home / "landing").rglob("*")),
        "journal": (night.home / "archive" / "journal.jsonl").read_bytes(),
    }


# ---- the other commands -------------------------------------------------------------------------------------------


def test_status_repeats_what_the_night_said(recorded_run: tuple[Night, Outcome]) -> None:
    night, outcome = recorded_run
    status = night.monitor("status")
    assert (status.code, status.out) == (0, outcome.out)


def test_status_speaks_to_programs_too(recorded_home: Night) -> None:
    status = recorded_home.monitor("status", "--json")
    assert status.code == 0
    assert status.json["release_id"] == recorded_home.release["release_id"]
    assert status.json["rows"]["mart_indicator"] > 3_000
    newest = {entry["dataset_id"]: entry["newest_period"] for entry in status.json["datasets"]}
    assert newest["regio_13111_01_03_4"] == "2025-06-30"
    by_id = {entry["dataset_id"]: entry for entry in status.json["datasets"]}
    svb = by_id["regio_13111_01_03_4"]
    assert svb["years"] == {"kreise": list(range(2008, 2020)), "land_only": [2025]}
    assert (svb["freshness"]["awaited_period"], svb["state"]) == ("2020", "overdue")
    assert by_id["local_azr_presse"]["years"]["kreise"] == [2018]
    assert by_id["regio_12411_03_02_4"]["state"] == "ended"
    assert by_id["regio_12411_03_02_4"]["successor"] == "regio_12411_03_03_4"
    told = {entry["dataset_id"]: entry for entry in recorded_home.release["datasets"]}
    assert {key: entry["state"] for key, entry in told.items()} == {key: entry["state"] for key, entry in by_id.items()}
    assert told["regio_13111_01_03_4"]["judged_on"] == "2026-10-31"


def test_nothing_needs_a_person_after_a_recorded_night(recorded_home: Night) -> None:
    watch = recorded_home.monitor("watch")
    assert (watch.code, watch.out) == (0, "nothing needs attention\n")
    assert recorded_home.monitor("watch", "--json").json == []


def test_doctor_finds_nothing_wrong(recorded_home: Night) -> None:
    doctor = recorded_home.monitor("doctor", "--json")
    assert [finding for finding in doctor.json if not finding["ok"]] == []
    assert doctor.code == 0
    looked_at = {finding["what"] for finding in doctor.json}
    assert {"mode", "credentials", "disk", "clock", "port", "version"} <= looked_at


def test_doctor_names_missing_credentials_of_a_live_source(tmp_path: Path) -> None:
    doctor = Night(tmp_path / "home").with_(source="live").monitor("doctor")
    assert doctor.code == 1
    assert "REGIO_USER and REGIO_PASSWORD are not set" in doctor.out


def test_a_dry_run_says_what_would_be_accepted_and_writes_nothing(tmp_path: Path) -> None:
    night = Night(tmp_path / "home")
    fetch = night.monitor("fetch", "regio_12511_04_01_4", "--dry-run", "--json")
    assert fetch.code == 0, fetch.err
    assert (fetch.json["answers"], fetch.json["rows"]) == (14, 318)
    assert not night.home.exists()


def test_run_speaks_to_programs_too(small_project: Night, tmp_path: Path) -> None:
    run = small_project.copied_to(tmp_path / "home").monitor("run", "--json")
    assert (run.code, run.json["mode"], run.json["gate"]) == (0, "recorded", "passed")


@pytest.mark.parametrize(
    "command",
    [
        "run",
        "load",
        "accept",
        "build",
        "fetch",
        "status",
        "watch",
        "rollback",
        "releases",
        "verify",
        "repair",
        "freeze",
        "replay",
        "doctor",
        "withdraw",
        "describe",
    ],
)
def test_every_command_explains_itself(command: str, tmp_path: Path) -> None:
    helped = Night(tmp_path).monitor(command, "--help")
    assert helped.code == 0
    assert "Usage: monitor" in helped.out
