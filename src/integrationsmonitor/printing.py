"""Facts as lines of a terminal, at most 120 columns. Comes in: what `night` says. Goes out: text, nothing is read."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

WIDTH = 120
_COLUMNS = "{:<24}{:<11}{:<11}{:<11}{:<22}{:<13}"
_INDENT = len(_COLUMNS.format("", "", "", "", "", ""))


def summary_lines(facts: Mapping[str, Any]) -> Iterator[str]:
    """What `monitor run`, `monitor status` and `make run` end with."""
    yield ""
    yield _COLUMNS.format("dataset", "newest", "checked", "changed", "awaited", "state") + "years for Kreise"
    for entry in facts["datasets"]:
        yield from _dataset_lines(entry)
    yield ""
    if facts["mode"] == "recorded":
        yield f"judged at  {facts['judged_on']}, the day of the recordings: what was published later is not held"
    for failure in facts["failures"]:
        yield from _wrapped(
            f"failed     {failure['what']} since {failure['since'][:10]}: {failure['text']}", "           "
        )
    if not facts["release_id"]:
        yield "no release yet"
        return
    counts = (f"{name} {count:,}" for name, count in facts["rows"].items() if name.startswith(("mart_", "fct_")))
    yield from _wrapped(f"rows       {', '.join(counts)}", "           ")
    yield f"gate       {facts['gate']}"
    yield from _quality_lines(facts["quality"])
    yield f"release    {facts['release_id']} ({facts['mode']})"
    yield f"warehouse  {_short(facts['paths']['warehouse'])}"
    yield f"exports    {_short(facts['paths']['exports'])}"
    yield f"quality    {_short(facts['paths']['quality'])}"


def cause_lines(causes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What `monitor watch` prints."""
    if not causes:
        yield "nothing needs attention"
    for cause in causes:
        yield cause["subject"]
        for line in cause["text"].splitlines():
            yield from _wrapped(f"  {line}", "    ")
        yield ""


def decision_line(word: str, record: Mapping[str, Any]) -> str:
    """What was decided of which value, and why."""
    what = record["what"]
    value = f"{what['value']} {what['unit']}" if what["value"] is not None else what["status"]
    where = f"{what['indicator_id']} ({what['variant']}, {what['group_key']}), {what['region_name']}"
    since = f" since {record['at'][:10]}" if "at" in record else ""
    return f"{word}{since}: {where}, {what['period_end']}: {value} ({record['value_id']}): {record['reason']}"


def first_night_lines(mode: str, findings: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The report of a first night, as Markdown that reads well in a terminal."""
    counts = Counter(finding["contract"] for finding in findings)
    yield f"# First night ({mode} source)"
    yield ""
    if mode == "recorded":
        yield "A rehearsal: recorded answers settle nothing about the live hosts."
        yield ""
    yield ", ".join(f"{count} {word}" for word, count in counts.items()) or "no dataset asks a host"
    for finding in findings:
        yield ""
        off = ", switched off" if finding["off"] else ""
        yield f"## {finding['dataset_id']}: {finding['contract']}{off}"
        yield ""
        yield finding["title_de"]
        yield ""
        if finding["asked"]:
            newest = f", newest period ends {finding['newest_period']}" if finding["newest_period"] else ""
            size = f"{finding['bytes']:,} bytes, {finding['rows']:,} rows"
            yield f"- asked {finding['host']} for {finding['asked']}: {size}{newest}, {finding['seconds']:.1f} s"
        if finding["problem"]:
            yield from _wrapped(f"- {finding['problem']}", "  ")
        for word, points in (("settled", finding["settled"]), ("open", finding["still_open"])):
            for point in points:
                yield from _wrapped(f"- {word}: {point}", "  ")


def years(numbers: Sequence[int]) -> str:
    """`2008–2019, 2025`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def _dataset_lines(entry: Mapping[str, Any]) -> Iterator[str]:
    fresh = entry["freshness"]
    awaited = f"{fresh['awaited_period']} by {fresh['awaited_day']}" if fresh["awaited_day"] else "-"
    head = _COLUMNS.format(
        entry["dataset_id"],
        entry["newest_period"] or "-",
        entry["last_checked"][:10] or "-",
        entry["last_changed"][:10] or "-",
        awaited,
        entry["state"],
    )
    usable = years(entry["years"]["kreise"]) or "-"
    if entry["years"]["land_only"]:
        usable += f"; Land only: {years(entry['years']['land_only'])}"
    first, *more = textwrap.wrap(usable, WIDTH - _INDENT, break_long_words=False)
    yield head + first
    yield from (" " * _INDENT + line for line in more)
    if entry["problem"]:
        yield from _wrapped(f"    {entry['problem']}", "    ")
    for warning in entry["warnings"]:
        yield from _wrapped(f"    warning: {warning}", "    ")


def _quality_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """What the check of the current release said, in the language of its reasons; older releases may not say it."""
    if "tables" not in found:
        return
    kept = "alle erfüllt" if found["passed"] == found["expectations"] else f"{found['passed']} erfüllt"
    yield f"checked    Prüfung: {found['expectations']} Erwartungen an {found['tables']} Tabellen, {kept}"
    for warning in found["warnings"]:
        yield from _wrapped(f"           Warnung: {warning}", "             ")


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _short(path: str) -> str:
    """Relative to the working directory where the path lies below it."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except ValueError:
        return path


def as_of_line(built: Mapping[str, Any]) -> str:
    """What `build --as-of` made."""
    values = f"{built['rows']['mart_indicator']:,} values, {built['rows']['fct_observation']:,} observations"
    return f"{built['file']}: as known at {built['known_at']} (axis {built['axis']}): {values}; no release was touched"


def release_lines(entries: Sequence[Mapping[str, Any]], room: Mapping[str, Any]) -> Iterator[str]:
    """What `monitor releases` says."""
    if not entries:
        yield "no release yet; `monitor run` makes the first one"
    for entry in entries:
        marks = [
            *(["current"] if entry["is_current"] else []),
            *([f"kept: {entry['frozen']}"] if entry["frozen"] else []),
        ]
        size = _size(entry["bytes"])
        yield f"{entry['release_id']}  {entry['source_mode']:<9}{size:>9}  {', '.join(marks)}".rstrip()
    yield ""
    at_most = f"at most {_size(room['releases_at_most'])} with {room['keep']} kept and the frozen ones"
    yield f"releases  {_size(room['releases'])}, {at_most}"
    in_a_year = room["archive_in_a_year"]
    forecast = "no forecast before it is 30 days old" if in_a_year is None else f"{_size(in_a_year)} in a year"
    yield f"archive   {_size(room['archive'])} of answers, {forecast}"
    yield f"free      {_size(room['free'])}"


def run_lines(runs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What `monitor runs` says: one line per build, the newest last."""
    if not runs:
        yield "no build yet; `monitor run` makes the first one"
        return
    yield f"{'run':>6}  {'began (UTC)':<17}{'outcome':<12}{'seconds':>8}  release, or what went wrong"
    for run in runs:
        said = run["release_id"] or run["problem"] or "-"
        began = run["started_at"][:16].replace("T", " ")
        head = f"{run['run_no']:>6}  {began:<17}{run['outcome']:<12}{run['seconds']:>8.1f}"
        yield from _wrapped(f"{head}  {said}", " " * 47)


def node_lines(
    nodes: Sequence[Mapping[str, Any]], usual: Mapping[tuple[str, str], float], slowest: int = 0
) -> Iterator[str]:
    """Steps, models and tests of one build as a table: what broke first, then the longest; `slowest` of them, 0: all.

    `usual` gives what each usually takes. The SQL of what broke stands below the table.
    """
    ranked = sorted(nodes, key=lambda node: (node["status"] == "ok", -node["seconds"], node["name"]))
    n_bad = sum(node["status"] != "ok" for node in nodes)
    shown = ranked[: max(slowest, n_bad)] if slowest else ranked
    if not shown:
        return
    yield f"{'result':<9}{'kind':<7}{'seconds':>8}{'usually':>9}{'found':>7}  name"
    for node in shown:
        before = usual.get((node["kind"], node["name"]))
        found = "" if node["failures"] is None else f"{node['failures']:,}"
        took = f"{node['seconds']:>8.2f}{'-' if before is None else f'{before:.2f}':>9}{found:>7}"
        yield f"{node['status']:<9}{node['kind']:<7}{took}  {node['name']}"
    if len(shown) < len(ranked):
        rest = ranked[len(shown) :]
        seconds = sum(node["seconds"] for node in rest)
        yield f"{'ok':<9}{'':<7}{seconds:>8.2f}{'':>16}  {len(rest)} more, all as expected"
    for node in shown:
        if node["status"] in ("failed", "warning") and node["message"]:
            yield ""
            yield from _wrapped(f"{node['name']}: {node['message']}", "  ")
            yield from (f"    {line}" for line in node["sql"].splitlines() if line.strip())


def verify_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """What `monitor verify` says."""
    what = f"{found['release_id']}: {found['n_files']} files, {_size(found['n_bytes'])}"
    if not found["problems"]:
        yield f"{what}, all as published"
        return
    yield f"{what}; {len(found['problems'])} problems:"
    yield from (f"  {problem}" for problem in found["problems"])
    yield "Next: `monitor repair` lets current mean the newest whole release, `monitor build` makes a new one"


def _size(n_bytes: int) -> str:
    """`1.5 GB`, `155 MB`: with two digits that say something."""
    return f"{n_bytes / 1e9:.1f} GB" if n_bytes >= 1e9 else f"{n_bytes / 1e6:.3g} MB"
