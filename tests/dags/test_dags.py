"""The timetables: Airflow can import them, they touch nothing while it does, and they say what they should."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support import make_dataset_ids
from support.dataset_ids import DATASET_IDS

PROJECT = Path(__file__).resolve().parents[2]
DAGS = PROJECT / "dags"
FILES = sorted(DAGS.glob("*.py"))


def probe(folder: Path, airflow_home: Path) -> dict:
    environment = {**os.environ, "AIRFLOW_HOME": str(airflow_home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    script = Path(__file__).with_name("dag_probe.py")
    command = [sys.executable, str(script), str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def seen(tmp_path_factory) -> dict:
    return probe(DAGS, tmp_path_factory.mktemp("airflow"))


@pytest.mark.xdist_group("dag_probe")
class TestAllDags:
    def test_every_file_is_imported_without_an_error(self, seen):
        assert seen["errors"] == {}
        assert {dag["fileloc"] for dag in seen["dags"].values()} == {path.name for path in FILES}
        assert set(seen["dags"]) == {path.stem for path in FILES}

    def test_importing_a_dag_touches_no_file_socket_process_or_database(self, seen):
        assert seen["touched"] == []

    def test_importing_a_dag_asks_no_environment_variable(self, seen):
        assert seen["environment"] == []

    def test_importing_a_dag_loads_nothing_heavy(self, seen):
        assert seen["loaded"] == []

    def test_importing_all_dags_takes_no_time_beyond_airflows_own(self, seen):
        assert seen["seconds"] < 2, "measured: 0.02 s; the limit leaves room for a machine under load"

    def test_every_dag_has_an_owner_a_page_of_documentation_tags_and_no_catchup(self, seen):
        for dag_id, dag in seen["dags"].items():
            assert dag["owner"] == "integrationsmonitor", dag_id
            assert dag["run_limit"] == (None if dag_id == "build_warehouse" else 12 * 3600), dag_id
            assert len(dag["doc"]) > 100, dag_id
            assert dag["tags"], dag_id
            assert dag["catchup"] is False, dag_id
            assert dag["max_active_runs"] == 1, dag_id

    def test_loads_start_every_night_at_a_quarter_past_two_in_berlin(self, seen):
        for group in DATASET_IDS:
            dag = seen["dags"][f"load_{group}"]
            assert (dag["timetable"], dag["cron"], dag["timezone"]) == (
                "CronTriggerTimetable",
                "15 2 * * *",
                "Europe/Berlin",
            )

    def test_both_clock_changes_of_a_year_cost_no_night_and_add_none(self, seen):
        """02:15 does not exist on one Sunday of March, and comes twice on one of October."""
        for group in DATASET_IDS:
            march, october = seen["dags"][f"load_{group}"]["starts"].values()
            assert march == ["1 03:15+0200", "2 02:15+0200", "3 02:15+0200"]
            assert october in (
                ["1 02:15+0200", "2 02:15+0100", "3 02:15+0100"],
                ["1 02:15+0100", "2 02:15+0100", "3 02:15+0100"],
            )
        march, october = seen["dags"]["watch_sources"]["starts"].values()
        assert march == ["1 05:45+0200", "2 05:45+0200", "3 05:45+0200"]
        assert october == ["1 05:45+0100", "2 05:45+0100", "3 05:45+0100"]

    def test_every_task_has_an_owner_a_word_of_documentation_retries_and_a_limit(self, seen):
        for dag_id, dag in seen["dags"].items():
            for task_id, task in dag["tasks"].items():
                assert task["owner"] == "integrationsmonitor", f"{dag_id}.{task_id}"
                assert task["doc"], f"{dag_id}.{task_id}"
                assert task["retries"] == 2, f"{dag_id}.{task_id}"
                assert 0 < task["limit"] <= 12 * 3600, f"{dag_id}.{task_id}"
                pool = "warehouse" if task_id == "build_and_publish" else "default_pool"
                assert task["pool"] == pool, f"{dag_id}.{task_id}"

    def test_what_a_person_may_choose_has_a_type_a_title_and_plain_words(self, seen):
        forms = {dag_id: dag["form"] for dag_id, dag in seen["dags"].items() if dag["form"]}
        assert set(forms) == {"backfill", "load_ba", "load_tls"}
        for dag_id, form in forms.items():
            for name, field in form.items():
                assert field["type"], f"{dag_id}.{name}"
                assert field["title"], f"{dag_id}.{name}"
                assert field["description"].endswith("."), f"{dag_id}.{name}"
        form, ids = forms["backfill"], sorted(dataset_id for group in DATASET_IDS.values() for dataset_id in group)
        assert form["datasets"]["items"]["enum"] == form["datasets"]["examples"] == ids
        assert set(form["action"]["values_display"]) == set(form["action"]["enum"]) == {"refetch", "reparse"}
        assert form["reason"]["minLength"] > 1

    def test_a_backfill_starts_by_hand_only_and_ends_like_a_load(self, seen):
        dag = seen["dags"]["backfill"]
        assert dag["cron"] is None
        assert dag["assets"] == []
        assert dag["tasks"]["redo"]["mapped"] == "plan"
        assert (dag["tasks"]["announce"]["teardown"], dag["tasks"]["announce"]["upstream"]) == (True, ["redo"])

    def test_what_went_wrong_is_told_in_the_morning_after_the_loads(self, seen):
        dag = seen["dags"]["watch_sources"]
        assert (dag["timetable"], dag["cron"], dag["timezone"]) == (
            "CronTriggerTimetable",
            "45 5 * * *",
            "Europe/Berlin",
        )
        assert list(dag["tasks"]) == ["watch"]

    def test_every_task_and_every_run_tells_its_own_failure(self, seen):
        for dag_id, dag in seen["dags"].items():
            assert dag["callback"], dag_id
            for task_id, task in dag["tasks"].items():
                assert task["callbacks"] == [True, True], f"{dag_id}.{task_id}"

    def test_a_load_has_one_named_task_per_dataset_and_retries_what_may_be_retried(self, seen):
        for group, ids in DATASET_IDS.items():
            load = seen["dags"][f"load_{group}"]["tasks"]["load"]
            assert load["mapped"] == ids
            assert load["name"] == "{{ task.op_kwargs['dataset_id'] }}"
            assert load["retries"] == 2

    def test_announce_is_a_teardown_so_that_a_red_dataset_neither_blocks_nor_hides(self, seen):
        for group in DATASET_IDS:
            announce = seen["dags"][f"load_{group}"]["tasks"]["announce"]
            assert announce["teardown"] is True
            assert announce["upstream"] == (["load", "load_described"] if group == "tls" else ["load"])

    def test_what_the_drop_folder_describes_is_loaded_by_a_task_that_asks_for_it_at_night(self, seen):
        task = seen["dags"]["load_tls"]["tasks"]["load_described"]
        assert (task["mapped"], task["upstream"]) == (None, [])

    def test_the_build_waits_for_any_dataset_and_has_one_writer(self, seen):
        build = seen["dags"]["build_warehouse"]
        expected = {f"monitor://landing/{dataset_id}" for ids in DATASET_IDS.values() for dataset_id in ids}
        assert {uri.rstrip("/") for uri in build["assets"]} == expected | {"monitor://unreleased"}
        assert build["tasks"]["build_and_publish"]["pool"] == "warehouse"
        assert build["tasks"]["build_and_publish"]["upstream"] == ["wait_for_loads"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_dag_is_a_timetable_of_under_60_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < 60


def test_the_probe_sees_a_dag_that_reads_asks_and_loads(tmp_path):
    (tmp_path / "dags").mkdir()
    (tmp_path / "secret.txt").write_text("x", encoding="utf-8")
    (tmp_path / "dags" / "bad.py").write_text(
        "import os, socket\nimport duckdb\nfrom pathlib import Path\nfrom airflow.sdk import DAG\n"
        f"open({str(tmp_path / 'secret.txt')!r}).close()\nos.environ.get('MONITOR_HOME')\nos.getenv('HOME')\n"
        "socket.socket().bind(('127.0.0.1', 0))\n"
        "def dag(): pass\n",
        encoding="utf-8",
    )
    seen = probe(tmp_path / "dags", tmp_path / "airflow")
    assert any("secret.txt" in line for line in seen["touched"])
    assert any(line.startswith("socket.bind") for line in seen["touched"])
    assert seen["environment"] == ["MONITOR_HOME", "HOME"]
    assert seen["loaded"] == ["duckdb"]


def test_the_dataset_list_of_the_timetables_is_in_step_with_the_catalogue():
    groups = make_dataset_ids.read_catalogue(PROJECT / "catalog" / "datasets")
    assert groups == DATASET_IDS, "run `make ids`"
    assert make_dataset_ids.render(groups) == make_dataset_ids.TARGET.read_text(encoding="utf-8"), "run `make ids`"


def test_a_dataset_file_with_another_id_or_an_unknown_group_is_refused(tmp_path):
    file = tmp_path / "regio_1.yml"
    file.write_text("id: regio_2\nload: ba\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"regio_1\.yml: id is 'regio_2'"):
        make_dataset_ids.read_catalogue(tmp_path)
    file.write_text("id: regio_1\nload: weekly\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="load is 'weekly', expected one of ba, tls"):
        make_dataset_ids.read_catalogue(tmp_path)


def test_bas_statistics_are_loaded_with_ba_and_everything_else_with_tls():
    for group, ids in DATASET_IDS.items():
        for dataset_id in ids:
            is_ba = "_13111_" in dataset_id or "_13211_" in dataset_id or dataset_id.startswith("ba_")
            assert group == ("ba" if is_ba else "tls"), dataset_id
