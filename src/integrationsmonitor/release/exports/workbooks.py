"""All workbooks of a release: what each of them says, which of them need to be written, and by whom.

Comes in: the tables that left, their Parquet files already written. Goes out: the XLSX files, and from what each was
made. Small ones are written here, large ones by two processes beside each other; one whose fingerprint is that of the
release before is copied from there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from integrationsmonitor import files
from integrationsmonitor.errors import MonitorError
from integrationsmonitor.release import dictionary
from integrationsmonitor.release.exports import text, workbook
from integrationsmonitor.release.exports.workbook import DataColumn, Job
from integrationsmonitor.release.tables import Column, Table, quoted

if TYPE_CHECKING:
    from integrationsmonitor.files import Digests
    from integrationsmonitor.progress import Reporter
    from integrationsmonitor.release.contract import Rounding
    from integrationsmonitor.release.exports import Exported

# Cells that are written in this process; a second one takes about half a second to begin.
_SMALL = 100_000
_WRITERS = 2

Plan = Sequence["tuple[Exported, Rounding | None]"]


def write(
    plan: Plan,
    target: Path,
    facts: Mapping[str, str],
    scratch: Path,
    before: Path | None,
    digests: Digests,
    report: Reporter,
) -> dict[str, str]:
    """Write the workbook of every table; returns the fingerprints of their jobs, by path."""
    earlier = dict(_earlier(before)) if before else {}
    made_from, small, large = {}, [], []
    for exported, rounding in plan:
        path = exported.path("xlsx")
        if path is None:
            continue
        job, fingerprint = _job(exported, rounding, target, facts, scratch, digests)
        made_from[path] = fingerprint
        if fingerprint in earlier:
            shutil.copyfile(earlier[fingerprint], job.target)
        elif exported.table.rows * len(job.columns) <= _SMALL:
            small.append(job)
        else:
            large.append((exported.table.rows * len(job.columns), job))
    shares: list[list[Job]] = [[] for _ in range(min(_WRITERS, len(large)))]
    weights = [0] * len(shares)
    for weight, job in sorted(large, key=lambda item: -item[0]):
        lightest = weights.index(min(weights))
        shares[lightest].append(job)
        weights[lightest] += weight
    done = len(made_from) - len(small) - len(large)
    with ThreadPoolExecutor(max(len(shares), 1)) as pool:
        writers = [pool.submit(_write_beside, share, report) for share in shares]
        for job in small:
            _written(job)
        for writer in writers:
            writer.result()
    report("publish", "workbooks written", tables=len(made_from), unchanged=done)
    return made_from


def _written(job: Job) -> None:
    try:
        workbook.write(job)
    except ValueError as problem:
        raise MonitorError(f"{Path(job.target).name}: {problem}") from None


def _write_beside(jobs: Sequence[Job], report: Reporter) -> None:
    """Let another process write these; its error is ours."""
    with subprocess.Popen(  # noqa: S603  # our own module, nothing of it comes from outside
        [sys.executable, "-c", f"import sys; from {workbook.__name__} import main; sys.exit(main())"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    ) as writer:
        _, problem = writer.communicate("".join(job.as_line() + "\n" for job in jobs))
    if writer.returncode:
        ended = f"the writer ended with {writer.returncode}; `monitor build` tries again"
        raise MonitorError(f"XLSX: {problem.strip() or ended}")
    report("publish", "large workbooks written", tables=len(jobs))


def _earlier(before: Path) -> Iterator[tuple[str, Path]]:
    """The workbooks of the release before that are as they were published, by fingerprint."""
    try:
        told = json.loads((before / "latest.json").read_text(encoding="utf-8"))["tables"]
        listed = [file for table in told for file in table["files"] if file.get("made_from")]
    except (OSError, ValueError, KeyError, TypeError):
        return
    for file in listed:
        path = before / file["path"]
        if path.is_file() and files.sha256_of(path) == file["sha256"]:
            yield file["made_from"], path


def _job(
    exported: Exported,
    rounding: Rounding | None,
    target: Path,
    facts: Mapping[str, str],
    scratch: Path,
    digests: Digests,
) -> tuple[Job, str]:
    table = exported.table
    paths = {file.form: target / file.path for file in exported.files}
    figures = digests.of(paths["parquet"])
    job = Job(
        parquet=str(paths["parquet"]),
        target=str(paths["xlsx"]),
        title=exported.title,
        scratch=str(scratch / "xlsx"),
        columns=list(_columns(table, exported.headers, rounding)),
        cover=list(_cover(exported, facts, figures)),
        notes=list(_notes(exported, rounding)),
        dictionary=dictionary.sheet(exported.chapter),
    )
    said = {**json.loads(job.as_line()), "parquet": figures, "target": "", "scratch": "", "layout": workbook.LAYOUT}
    return job, files.sha256_of_bytes(json.dumps([said, _library()], ensure_ascii=False).encode())


def _library() -> str:
    from importlib.metadata import version

    return version("xlsxwriter")


def _columns(table: Table, headers: Mapping[str, str], rounding: Rounding | None) -> Iterator[DataColumn]:
    for column in table.columns:
        header, name = headers[column.name], quoted(column.name)
        kind = _kind(table, column)
        yield DataColumn(header, f"{name}::double" if kind == "number" else name, kind)
        if rounding and column.name in rounding.columns:
            shown = text.rounded(column.name, rounding, "::double")
            yield DataColumn(rounding.header(header), shown, "number", headers[rounding.decimals])


def _kind(table: Table, column: Column) -> str:
    if column.type == "VARCHAR" or column.type.startswith("ENUM"):
        return "text"
    if column.type == "BOOLEAN":
        return "boolean"
    if column.type == "DATE":
        return "day"
    if column.type.startswith("TIMESTAMP"):
        return "moment"
    if column.type.startswith("DECIMAL") or column.type.endswith("INT") or column.type in _NUMBERS:
        return "number"
    raise MonitorError(
        f"{table.name}.{column.name} has the type {column.type}, which no sheet can hold; make it a text"
    )


_NUMBERS = {"INTEGER", "UINTEGER", "DOUBLE", "FLOAT"}


def _cover(exported: Exported, facts: Mapping[str, str], figures: str) -> Iterator[tuple[str, str]]:
    table = exported.table
    yield "Herausgegeben von", "Integrationsmonitor Thüringen"
    yield "Hinweis", facts["notice_de"]
    yield "Inhalt", table.comment
    yield "Umfang", f"{table.rows} Zeilen, {len(table.columns)} Spalten; Blatt „{workbook.DATA}“"
    yield "Technischer Name", table.name
    newest = max((source.known_from for source in exported.sources), default="")
    if newest:
        yield "Stand", f"jüngste Angabe einer Quelle: {newest}"
    for source in exported.sources:
        licence = f"{source.licence_id} ({source.licence_url})" if source.licence_url else source.licence_id
        stand = f"; Stand {source.known_from}" if source.known_from else ""
        yield "Quelle und Lizenz", f"{source.attribution}; Lizenz: {licence}{stand}"
    if exported.sources:
        yield "Veränderungen", "Die Zahlen der Quellen sind umgeformt und zu Kennzahlen verrechnet (Blatt „Hinweise“)."
    else:
        yield "Quelle und Lizenz", "Eigene Zusammenstellung des Integrationsmonitors Thüringen"
    yield "Kennung der Zahlen", figures
    yield (
        "Veröffentlichung",
        "Welche Veröffentlichungen genau diese Zahlen enthalten, sagt die Kennung der Zahlen: Sie steht dort in "
        "latest.json als Prüfsumme der Parquet-Datei.",
    )


def _notes(exported: Exported, rounding: Rounding | None) -> Iterator[tuple[str, str]]:
    columns = {column.name for column in exported.table.columns}
    yield "Leeres Feld", "Es gibt keinen Wert. Eine Null steht nur, wo die Quelle null nennt."
    if rounding:
        yield "Gerundet", "So viele Nachkommastellen, wie der Wert zitiert wird; daneben steht der volle Wert."
    if "unit" in columns:
        yield "Anteile", "Anteile stehen in Prozent: 6,21 heißt 6,21 %."
    if "period_start" in columns:
        yield (
            "Zeitbezug",
            "Ein Zeitraum schließt seinen ersten und letzten Tag ein; ein Stichtag beginnt und endet am selben Tag.",
        )
    if "territory" in columns:
        yield (
            "Gebietsstand",
            "Dieselbe Zahl kann mehrmals stehen: wie veröffentlicht (as_published) und umgerechnet auf feste "
            "Gebietsstände (harmonised). Immer nur einen davon nehmen und zählen.",
        )
    if "sign" in columns:
        yield "Zeichen", "Was die Quelle statt einer Zahl gedruckt hat, steht unverändert in einer eigenen Spalte."
    yield from dictionary.legend(exported.chapter)
