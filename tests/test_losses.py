"""A gate that closed on a loss opens by a decision of a person: of that very build, against that very release."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from integrationsmonitor import archive, night, release
from integrationsmonitor.errors import ConfigError
from integrationsmonitor.night import inputs, losses
from integrationsmonitor.release import shelf
from integrationsmonitor.settings import Settings

PROJECT = Path(__file__).resolve().parents[1]
LOST = ("mart_indicator (qa_drift_value): Kein Indikator verliert alle Werte: 1 von 2 Zeilen verletzen sie",)


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """A home with a release R1, as far as a decision needs one."""
    settings = Settings("recorded", tmp_path, PROJECT, PROJECT / "catalog", PROJECT / "recordings", {}, {})
    released(settings, "R1")
    return settings


def released(settings: Settings, name: str) -> None:
    folder = settings.releases / name
    folder.mkdir(parents=True)
    shelf.mark(folder, {"release_id": name, "sequence": 1})
    settings.current.unlink(missing_ok=True)
    settings.current.symlink_to(folder)


def digests(settings: Settings) -> dict[str, str]:
    from integrationsmonitor.catalog import catalog_of

    return inputs.digests(settings, inputs.histories_of(settings, catalog_of(settings)))


def refused(settings: Settings, lost: tuple[str, ...] = LOST, **other: str) -> str:
    made_of = {**digests(settings), **other}
    checked: Any = SimpleNamespace(lost=lost)
    return losses.note_refused(settings, made_of, losses.last_release(settings, made_of), checked)


def test_what_was_refused_can_be_accepted_with_a_reason(home: Settings) -> None:
    assert "monitor accept-losses" in refused(home)
    record = night.accept_losses(home, " Die Quelle hat sich geirrt. ")
    assert (record["against"], record["lost"]) == ("R1", [*LOST])
    journal = archive.journal_records(home)[-1]
    assert (journal["event"], journal["reason"]) == ("accept_losses", "Die Quelle hat sich geirrt.")
    last = losses.last_release(home, digests(home))
    assert last
    assert (last.release_id, last.accepted_de) == ("R1", "Die Quelle hat sich geirrt.")


def test_other_inputs_and_another_release_are_judged_anew(home: Settings) -> None:
    refused(home)
    night.accept_losses(home, "Die Quelle hat sich geirrt.")
    other = losses.last_release(home, {**digests(home), "landing": "other"})
    assert other is not None
    assert other.accepted_de == ""
    released(home, "R2")
    later = losses.last_release(home, digests(home))
    assert later is not None
    assert (later.release_id, later.accepted_de) == ("R2", "")
    with pytest.raises(ConfigError, match="nothing to accept"):
        night.accept_losses(home, "Noch einmal.")


def test_a_decision_needs_a_reason_and_a_refused_build_of_these_inputs(home: Settings) -> None:
    with pytest.raises(ConfigError, match="nothing to accept"):
        night.accept_losses(home, "Die Quelle hat sich geirrt.")
    refused(home, landing="before tonight's load")
    with pytest.raises(ConfigError, match="the inputs changed"):
        night.accept_losses(home, "Die Quelle hat sich geirrt.")
    with pytest.raises(ConfigError, match="a reason is needed"):
        night.accept_losses(home, "  ")
    assert archive.journal_records(home) == []


def test_a_gate_that_closed_on_something_else_offers_no_such_decision(home: Settings) -> None:
    refused(home)
    assert refused(home, lost=()) == ""
    with pytest.raises(ConfigError, match="nothing to accept"):
        night.accept_losses(home, "Die Quelle hat sich geirrt.")


def test_without_a_release_there_is_nothing_to_compare(tmp_path: Path) -> None:
    settings = Settings("recorded", tmp_path, PROJECT, PROJECT / "catalog", PROJECT / "recordings", {}, {})
    assert release.current(settings) is None
    assert losses.last_release(settings, {"landing": "x"}) is None


def test_the_decision_is_one_command(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from integrationsmonitor import cli

    refused(home)
    monkeypatch.setattr(cli, "_settings", lambda: home)
    done = CliRunner().invoke(cli.app, ["accept-losses", "--reason", "Die Quelle hat sich geirrt.", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["against"] == "R1"
