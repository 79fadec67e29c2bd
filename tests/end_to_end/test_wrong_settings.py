"""A missing or broken setting is one line that names it and the fix, without a traceback, and exit code 1."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from night_support import PROJECT, Night, Outcome, small_catalog


def assert_one_line(outcome: Outcome, *words: str) -> None:
    assert outcome.code == 1, outcome
    assert outcome.out == ""
    assert len(outcome.err.splitlines()) == 1, outcome.err
    assert outcome.err.startswith("monitor: ")
    for word in words:
        assert word in outcome.err


def without(night: Night, name: str) -> Night:
    return night.with_(**{name: ""})


def test_no_source_is_named(tmp_path: Path) -> None:
    assert_one_line(without(Night(tmp_path / "home"), "source").monitor("run"), "MONITOR_SOURCE", "recorded", "live")
    assert not (tmp_path / "home").exists()


def test_a_home_that_was_used_says_itself_which_source_it_belongs_to(small_project: Night) -> None:
    asked = ("sql", "--json", "-c", "select source_mode from meta_release")
    answers = [night.monitor(*asked) for night in (without(small_project, "source"), small_project)]
    assert [answer.code for answer in answers] == [0, 0], answers[0].err
    assert answers[0].json == answers[1].json
    assert '"recorded"' in answers[0].out


def test_a_torn_stamp_names_no_source(tmp_path: Path) -> None:
    night = Night(tmp_path / "home")
    night.home.mkdir()
    (night.home / "source-mode").write_text("rec")
    assert_one_line(without(night, "source").monitor("status"), "MONITOR_SOURCE is not set")


def test_a_source_is_misspelt(tmp_path: Path) -> None:
    assert_one_line(Night(tmp_path / "home").with_(source="Recorded").monitor("run"), "MONITOR_SOURCE='Recorded'")


def test_the_home_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a folder")
    assert_one_line(Night(tmp_path / "home").monitor("run"), "MONITOR_HOME", "is not a folder")


def test_the_home_lies_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert_one_line(Night(tmp_path / "file" / "home").monitor("run"), "MONITOR_HOME")


def test_the_home_belongs_to_the_other_source(tmp_path: Path) -> None:
    night = Night(tmp_path / "home")
    night.home.mkdir()
    (night.home / "source-mode").write_text("live\n")
    assert_one_line(night.monitor("run"), "'live'", "'recorded'", "never mixed")
    assert [path.name for path in night.home.iterdir()] == ["source-mode"]


def test_recorded_figures_never_get_into_a_live_night(small_project: Night) -> None:
    assert_one_line(small_project.with_(source="live").monitor("run"), "'recorded'", "never mixed")


def test_a_dataset_is_unknown(tmp_path: Path) -> None:
    assert_one_line(Night(tmp_path / "home").monitor("fetch", "regio_99999"), "'regio_99999'", "monitor status")


def test_the_clock_is_set_to_no_time(tmp_path: Path) -> None:
    assert_one_line(Night(tmp_path / "home").with_(now="gestern").monitor("run"), "MONITOR_NOW='gestern'", "ISO 8601")


def test_the_day_to_stand_at_is_none(tmp_path: Path) -> None:
    night = Night(tmp_path / "home").with_(catalog=small_catalog(tmp_path / "catalog"))
    assert_one_line_at_the_end(night.monitor("run", "--as-recorded", "2017-13-01"), "2017-13-01", "ISO 8601")


def assert_one_line_at_the_end(outcome: Outcome, *words: str) -> None:
    """The progress of what was done before may stand above it."""
    assert outcome.code == 1, outcome
    assert "Traceback" not in outcome.err
    last = outcome.err.splitlines()[-1]
    assert last.startswith("monitor: ")
    for word in words:
        assert word in last


def test_a_folder_is_missing(tmp_path: Path) -> None:
    night = Night(tmp_path / "home")
    assert_one_line(night.with_(catalog=tmp_path / "nowhere").monitor("run"), "MONITOR_CATALOG", "nowhere")
    assert_one_line(night.with_(recordings=tmp_path / "nowhere").monitor("run"), "MONITOR_RECORDINGS", "nowhere")


def _append(text: str) -> Callable[[Path], None]:
    return lambda file: file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


def _replace(old: str, new: str) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


BROKEN = {
    "YAML that cannot be read": ("datasets/regio_12511_04_01_4.yml", _append("\nid: [unclosed\n"), "no valid YAML"),
    "a key that stands twice": ("datasets/regio_12511_04_01_4.yml", _append("\nplace: none\n"), "stands twice"),
    "an unknown key": ("datasets/regio_12511_04_01_4.yml", _append("\ncolour: blue\n"), "'colour' was unexpected"),
    "a value that is none of the allowed": (
        "datasets/regio_12511_04_01_4.yml",
        _replace("place: Wohnort", "place: Mond"),
        "'Mond'",
    ),
    "an id that is not the file's name": (
        "datasets/regio_12511_04_01_4.yml",
        _replace("id: regio_12511_04_01_4", "id: regio_12511_04_01_5"),
        "must be the file's name",
    ),
    "a region that stands twice": ("regions.yml", _append(""), ""),
    "an indicator of an unknown dataset": (
        "indicators.yml",
        _replace("- regio_12511_04_01_4", "- regio_12511_04_01_9"),
        "'regio_12511_04_01_9' is not a dataset",
    ),
}
del BROKEN["a region that stands twice"]


@pytest.mark.parametrize("mistake", BROKEN)
def test_a_mistake_in_the_catalogue_names_file_and_fix(mistake: str, tmp_path: Path) -> None:
    name, spoil, words = BROKEN[mistake]
    catalog = small_catalog(tmp_path / "catalog")
    spoil(catalog / name)
    outcome = Night(tmp_path / "home").with_(catalog=catalog).monitor("run")
    assert_one_line(outcome, str(catalog / name), words)


def test_the_contract_of_what_leaves_cannot_be_read(tmp_path: Path) -> None:
    project = tmp_path / "project"
    for name in ("catalog", "dbt_project", "expectations", "recordings"):
        project.mkdir(exist_ok=True)
        (project / name).symlink_to(PROJECT / name)
    (project / "exports").mkdir()
    (project / "exports" / "exports.yml").write_text("version: [1\n")
    outcome = Night(tmp_path / "home", project=project).monitor("run")
    assert_one_line(outcome, "exports.yml")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["2099-01-01"], ["has not come yet"]),
        (["last year"], ["'last year'", "2017-12-01"]),
        (["2018-01-01", "--axis", "both"], ["--axis both", "source or recorded"]),
        (["2018-01-01", "--output", "{home}/source-mode"], ["is there already"]),
        (["2018-01-01", "--output", "{home}/nowhere/file.duckdb"], ["is no folder"]),
    ],
)
def test_a_warehouse_as_of_a_moment_that_cannot_be(tmp_path: Path, arguments: list[str], words: list[str]) -> None:
    night = Night(tmp_path / "home")
    night.settings.claim_home()
    told = [argument.format(home=night.home) for argument in arguments]
    assert_one_line(night.monitor("build", "--as-of", *told), *words)
