"""What needs a person now. Comes in: the home. Goes out: causes, each with a text in German that is useful by itself.

Causes are refused answers, questions without an answer, sources that missed a publication (live only), and builds or
tasks that broke. Nothing is sent and nothing is written here. Refuses: to let a secret of the settings into a text.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integrationsmonitor import archive
from integrationsmonitor.catalog import catalog_of
from integrationsmonitor.errors import MonitorError
from integrationsmonitor.local_catalog import unnamed
from integrationsmonitor.night import incidents
from integrationsmonitor.night.incidents import redacted
from integrationsmonitor.night.summary import is_overdue, summary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from integrationsmonitor.dataset import Dataset
    from integrationsmonitor.settings import Settings

_STAYS = "der letzte gute Stand bleibt veröffentlicht"
_LONGEST = 1500


@dataclass(frozen=True)
class Cause:
    """One thing that is wrong.

    `key` names the thing (a dataset's answers, a build, a file), `kind` what is wrong with it. Causes with the same
    `bundle` are one cause with several faces, e.g. a host that is away for all of its tables.
    """

    key: str
    kind: str
    subject: str
    text: str
    dataset: str = ""
    since: str = ""
    bundle: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def watch(settings: Settings) -> list[Cause]:
    """Everything that stands now, datasets first."""
    catalog = catalog_of(settings)
    found: list[Cause] = []
    for entry in summary(settings)["datasets"]:
        dataset = catalog.datasets[entry["dataset_id"]]
        if entry["problem"]:
            found.append(_refused(settings, dataset, entry))
        elif settings.mode == "live" and is_overdue(entry):
            found.append(_overdue(settings, dataset, entry))
    if names := unnamed(settings.local, catalog.datasets.values()):
        found.append(_unnamed(settings, names))
    for key, failure in incidents.standing(settings).items():
        makers = {incidents.BUILD: _build_failed, incidents.INDICATORS: _own_indicators, incidents.LISTS: _own_lists}
        maker = makers.get(key, task_failed)
        found.append(maker(settings, key, failure))
    return found


def knows(settings: Settings, dataset_id: str, error: str) -> bool:
    """Whether this error of a load (`dataset_id`) or of the build ("") is on record, so that `watch` tells it."""
    text = on_record(settings, dataset_id)
    return bool(text) and (text in error or text in redacted(settings, _one_line(error)))


def on_record(settings: Settings, dataset_id: str) -> str:
    """The failure of a load (`dataset_id`) or of the build ("") that stands on record; "" where none does."""
    if not dataset_id:
        return str(incidents.standing(settings).get(incidents.BUILD, {}).get("text", ""))
    try:
        rejection = archive.history(settings, dataset_id).rejection
    except MonitorError:  # a damaged manifest: nothing that stands there can be told
        return ""
    return str(rejection["error"]) if rejection else ""


def _refused(settings: Settings, dataset: Dataset, entry: Mapping[str, Any]) -> Cause:
    kind = {"fetch": "not_fetched", "jump": "jump"}.get(entry["problem_kind"], "quarantine")
    place = f"{settings.local}" if dataset.connector == "local_table" else "catalog/datasets"
    subject, step = {
        "quarantine": (
            "Antwort der Quelle zurückgewiesen",
            f"`monitor fetch {dataset.id} --dry-run` zeigt den Fehler. Hat die Quelle etwas umbenannt, gehört es in "
            f"{place}/{dataset.id}.yml; sonst am nächsten Tag erneut fragen und dem Amt schreiben.",
        ),
        "jump": (
            "auffälliger Sprung, wartet auf eine Entscheidung",
            f"Zahlen mit der Seite der Quelle vergleichen. Stimmen sie: `monitor accept {dataset.id} --reason …`",
        ),
        "not_fetched": (
            "Quelle nicht abgerufen",
            f"Die nächste Nacht fragt wieder. Sofort: `monitor load {dataset.id}`; Zugang prüft `monitor doctor`.",
        ),
    }[kind]
    host = str(dataset.source.get("host", ""))
    newest = f" (neuester Zeitbezug {_day(entry['newest_period'])})" if entry["newest_period"] else ""
    stays = f"{_STAYS}{newest}." if entry["last_changed"] else "von diesem Datensatz gibt es noch keinen guten Stand."
    lines = [
        _table(dataset),
        f"Ursache: {entry['problem']}",
        *(f"Zurückgewiesene Bytes: {settings.home / place}" for place in entry["quarantined"][:5]),
        f"Für Leserinnen und Leser: {stays}",
        f"Nächster Schritt: {step}",
    ]
    return _cause(
        settings,
        key=f"answer:{dataset.id}",
        kind=kind,
        subject=f"{dataset.id}: {subject}",
        lines=lines,
        dataset=dataset.id,
        since=entry["last_checked"],
        bundle=f"{host}:{_shape(entry['problem'], dataset)}" if kind == "not_fetched" else "",
    )


def _overdue(settings: Settings, dataset: Dataset, entry: Mapping[str, Any]) -> Cause:
    fresh = entry["freshness"]
    since, awaited = _day(fresh["overdue_since"]), fresh["awaited_period"]
    lines = [
        _table(dataset),
        f"Erwartet: Zeitraum {awaited} bis {_day(fresh['awaited_day'])}; mit {dataset.cadence.grace_days} Tagen "
        f"Nachsicht überfällig seit {since}.",
        f"Ursache: die Quelle antwortet, hat aber noch keinen Wert der Kreise für {awaited} "
        f"(neuester Zeitbezug der Tabelle: {_day(entry['newest_period'])}, "
        f"zuletzt gefragt {_day(entry['last_checked'])}).",
        f"Für Leserinnen und Leser: {_STAYS}, {awaited} fehlt.",
        "Nächster Schritt: auf der Seite der Quelle nachsehen. Ist der Termin verschoben, gehört er nach "
        f"`cadence.release_days` in catalog/datasets/{dataset.id}.yml; ist die Tabelle eingestellt, steht dort "
        "`cadence: {ended: …}`. Sofort fragen: " + f"`monitor load {dataset.id}`",
    ]
    subject = f"{dataset.id}: {awaited} überfällig seit {since}"
    return _cause(
        settings,
        key=f"overdue:{dataset.id}",
        kind="overdue",
        subject=subject,
        lines=lines,
        dataset=dataset.id,
        since=fresh["overdue_since"],
    )


def _build_failed(settings: Settings, key: str, failure: Mapping[str, Any]) -> Cause:
    at_the_gate = failure["kind"] == "gate"
    lines = [
        f"Ursache: {failure['text']}",
        f"Warehouse des Versuchs: {settings.candidate / 'warehouse.duckdb'}",
        f"Für Leserinnen und Leser: es wurde nichts veröffentlicht, {_STAYS}.",
        "Nächster Schritt: Ursache beheben (docs/operations.md, „The gate failed“), dann `monitor build`",
    ]
    subject = "Prüfung nicht bestanden" if at_the_gate else "Bau gescheitert"
    return _cause(
        settings,
        key=key,
        kind=failure["kind"],
        subject=f"{subject}: nichts veröffentlicht",
        lines=lines,
        since=failure["since"],
    )


def _unnamed(settings: Settings, names: list[str]) -> Cause:
    """Files of the drop folder that no description names."""
    more = f" und {len(names) - 5} weitere" if len(names) > 5 else ""
    lines = [
        f"Dateien: {', '.join(names[:5])}{more}",
        f"Ursache: keine Beschreibung in {settings.local} nennt sie unter `files`.",
        "Für Leserinnen und Leser: sie werden nicht geladen.",
        "Nächster Schritt: `monitor describe DATEI`, oder `files` berichtigen, oder die Dateien entfernen",
    ]
    return _cause(
        settings, key="local_files", kind="unnamed", subject="Dateien der Ablage ohne Beschreibung", lines=lines
    )


def _own_indicators(settings: Settings, key: str, failure: Mapping[str, Any]) -> Cause:
    """Indicators of this home that are wrong, and so left out."""
    lines = [
        f"Ursache: {failure['text']}",
        "Für Leserinnen und Leser: die genannten eigenen Kennzahlen fehlen, alle anderen sind da.",
        f"Nächster Schritt: {settings.local / 'indicators.yml'} berichtigen, dann `monitor build`",
    ]
    subject = "eigene Kennzahlen fehlerhaft und weggelassen"
    return _cause(settings, key=key, kind=failure["kind"], subject=subject, lines=lines, since=failure["since"])


def _own_lists(settings: Settings, key: str, failure: Mapping[str, Any]) -> Cause:
    """Lists of this home that are wrong, and so left out."""
    lines = [
        f"Ursache: {failure['text']}",
        "Für Leserinnen und Leser: es gilt, was ohne die genannte Liste gälte; alles andere ist da.",
        f"Nächster Schritt: die Liste in {settings.local} berichtigen, dann `monitor build`",
    ]
    subject = "eigene Liste fehlerhaft und weggelassen"
    return _cause(settings, key=key, kind=failure["kind"], subject=subject, lines=lines, since=failure["since"])


def task_failed(settings: Settings, key: str, failure: Mapping[str, Any]) -> Cause:
    """A task of Airflow that broke without a word of the package; `key` is `task:<dag>.<task>[:<dataset>]`."""
    _, name, dataset = (*key.split(":"), "")[:3]
    again = f"`monitor load {dataset}`" if dataset else "`monitor run`, oder den Lauf in Airflow wiederholen"
    lines = [
        f"Aufgabe: {name}" + (f", Datensatz {dataset}" if dataset else ""),
        f"Ursache: {failure['text']}",
        f"Für Leserinnen und Leser: {_STAYS}.",
        f"Nächster Schritt: {again}; wiederholt es sich, steht mehr in {settings.home / 'airflow' / 'logs'}",
    ]
    return _cause(
        settings,
        key=key,
        kind="task",
        subject=f"{dataset or name}: Aufgabe in Airflow abgebrochen",
        lines=lines,
        dataset=dataset,
        since=failure["since"],
        bundle="task:" + _numberless(re.sub(r"^[A-Za-z]+: ", "", failure["text"])),  # without the exception's name
    )


def import_failed(settings: Settings, file: Path, error: str) -> Cause:
    """A timetable that Airflow cannot import; `error` is its traceback or the last line of it."""
    last = next((line for line in reversed(error.splitlines()) if line.strip()), "unbekannt")
    lines = [
        f"Datei: {file}",
        f"Ursache: {last}",
        f"Für Leserinnen und Leser: solange dieser Zeitplan nicht läuft, kommt nichts Neues; {_STAYS}.",
        f"Nächster Schritt: `python {file}` zeigt den ganzen Fehler; ohne Airflow lädt `monitor run`",
    ]
    return _cause(
        settings,
        key=f"dag:{file.name}",
        kind="dag_import",
        subject=f"{file.name}: Zeitplan lässt sich nicht laden",
        lines=lines,
    )


def _cause(
    settings: Settings,
    *,
    key: str,
    kind: str,
    subject: str,
    lines: list[str],
    dataset: str = "",
    since: str = "",
    bundle: str = "",
) -> Cause:
    source = "aufgezeichnete Daten, kein Live-Abruf" if settings.mode == "recorded" else "live"
    lines = [*lines, f"Installation: {settings.home} ({source})"]
    text = "\n".join(_one_line(line)[:_LONGEST] for line in lines)
    return Cause(key, kind, redacted(settings, subject), redacted(settings, text), dataset, since, bundle or key)


def _table(dataset: Dataset) -> str:
    own = "Ablage" if dataset.connector == "local_table" else "Datei im Katalog"
    host = dataset.source.get("host", own)
    return f"Tabelle: {dataset.table} ({host}), „{dataset.title_de}“"


def _day(text: str | None) -> str:
    return f"{date.fromisoformat(text[:10]):%d.%m.%Y}" if text else "keiner"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _shape(problem: str, dataset: Dataset) -> str:
    """A problem without what differs from table to table and from night to night."""
    return _numberless(problem.replace(dataset.id, "…").replace(dataset.table, "…"))


def _numberless(text: str) -> str:
    return re.sub(r"[0-9]+", "#", _one_line(text))
