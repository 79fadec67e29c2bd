"""The command `monitor`. Comes in: arguments and environment. Goes out: text or JSON, and an exit code.

Exit codes: 0 released or nothing new · 2 released, or kept, with datasets in quarantine or (live) overdue · 1 nothing
released, or a setting is wrong. Everything that Airflow does can be done here; the functions of `night` do the work.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from integrationsmonitor.errors import ConfigError, MonitorError
from integrationsmonitor.printing import (
    as_of_line,
    cause_lines,
    decision_line,
    release_lines,
    summary_lines,
    verify_lines,
)
from integrationsmonitor.progress import default_reporter
from integrationsmonitor.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

app = typer.Typer(
    name="monitor",
    help="Integrationsmonitor Thüringen: load official statistics, build the warehouse, publish a release.\n\n"
    "MONITOR_SOURCE must be set where the home is new: 'recorded' (answers shipped with the project) or 'live'. "
    "MONITOR_HOME names the data folder (default: var/ in the project).\n\n"
    "Exit codes: 0 released or nothing new; 2 with datasets in quarantine or (live) overdue; 1 nothing released.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
AsRecorded = Annotated[
    str, typer.Option("--as-recorded", metavar="DATE", help="Recorded source only: stand at this day, e.g. 2017-12-01.")
]


@contextmanager
def _one_line_errors() -> Iterator[None]:
    """Errors that a person can act on are one line on standard error, without a traceback."""
    try:
        yield
    except MonitorError as problem:
        print(f"monitor: {problem}", file=sys.stderr)
        raise typer.Exit(1) from None


def _settings() -> Settings:
    settings = Settings.from_env()
    settings.claim_home()
    return settings


@app.command()
def run(
    as_recorded: AsRecorded = "",
    everything: Annotated[
        bool,
        typer.Option("--everything", help="Fetch every table, also those that the source does not list as changed."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run tonight's load without Airflow: fetch, check, build, publish, and say what came out."""
    import os

    from integrationsmonitor import night

    with _one_line_errors():
        if as_recorded:
            os.environ["MONITOR_AS_RECORDED"] = as_recorded
        settings, report = _settings(), default_reporter()
        night.load_all(settings, night.plan(settings), report, everything=everything)
        night.build_and_publish(settings, report)
        print_summary(settings, as_json=as_json)
        raise typer.Exit(night.exit_code(settings))


@app.command()
def accept(
    dataset: Annotated[str, typer.Argument(help="Id of a dataset in quarantine because its figures jumped.")],
    reason: Annotated[str, typer.Option("--reason", help="Why they are right, e.g. who confirmed them, and when.")],
    as_json: AsJson = False,
) -> None:
    """Say that figures which jumped are right; the reason goes into the journal, the next load takes them."""
    from integrationsmonitor import night

    with _one_line_errors():
        decision = night.accept(_settings(), dataset, reason)
        if as_json:
            print(json.dumps(decision, ensure_ascii=False))
        else:
            print(f"accepted: {decision['refused']}")
            print(f"The next night takes these figures, or now: monitor load {dataset} && monitor build")


@app.command()
def accept_losses(
    reason: Annotated[str, typer.Option("--reason", help="Why, in German: it is published with the release.")],
    as_json: AsJson = False,
) -> None:
    """Say that what the refused build lost since the last release is right; the reason goes into the journal."""
    from integrationsmonitor import night

    with _one_line_errors():
        record = night.accept_losses(_settings(), reason)
        if as_json:
            print(json.dumps(record, ensure_ascii=False))
        else:
            for lost in record["lost"]:
                print(f"accepted: {lost}")
            print("The next build takes it, or now: monitor build")


@app.command()
def withdraw(
    value_id: Annotated[str, typer.Argument(help="Id of a published value, see mart_indicator.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why, in German: it is published beside the value.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Give the value back.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="Show what is withdrawn; change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take a published indicator value back: from the next build on it is published as withheld."""
    from integrationsmonitor import decisions, night

    with _one_line_errors():
        settings = _settings()
        if listed:
            records = [vars(item) for item in decisions.withdrawals(settings)]
        elif value_id:
            records = [(night.reinstate if undo else night.withdraw)(settings, value_id, reason)]
        else:
            raise ConfigError("name a value: monitor withdraw VALUE_ID --reason '…'; or --list shows what is withdrawn")
        if as_json:
            print(json.dumps(records if listed else records[0], ensure_ascii=False))
            return
        for record in records:
            print(decision_line("withdrawn" if listed or not undo else "given back", record))
        if listed and not records:
            print("nothing is withdrawn")
        if not listed:
            shown = "again" if undo else "as withheld"
            print(f"The next `monitor build` or night publishes it {shown}; releases made before stay as they are")


@app.command()
def load(dataset: Annotated[str, typer.Argument(help="Id of a dataset, see `monitor status`.")]) -> None:
    """Load one dataset into archive and landing, whatever the source's list of changes says; nothing is built."""
    from integrationsmonitor import night

    with _one_line_errors():
        night.load(_settings(), dataset, default_reporter(), everything=True)


@app.command()
def build(
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DATE", help="A whole warehouse as known at this day's end; no release.")
    ] = "",
    axis: Annotated[
        str, typer.Option("--axis", help="source: what the sources had said by then; recorded: what we held by then.")
    ] = "source",
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Where the warehouse goes (default: <home>/as-of/).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Build, check and publish from what the landing holds; does nothing where there is no news."""
    from integrationsmonitor import clock, night

    with _one_line_errors():
        settings = _settings()
        if as_of:
            if axis not in ("source", "recorded"):
                raise ConfigError(f"--axis {axis}: expected source or recorded")
            moment = clock.moment_of(f"--as-of {as_of!r}", as_of)
            built = night.build_as_of(settings, moment, axis, output, default_reporter())
            print(json.dumps(built, ensure_ascii=False) if as_json else as_of_line(built))
            return
        night.build_and_publish(settings, default_reporter())
        raise typer.Exit(night.exit_code(settings))


@app.command()
def backfill(
    datasets: Annotated[list[str], typer.Argument(help="Ids of datasets, see `monitor status`.")],
    action: Annotated[
        str,
        typer.Option("--action", help="refetch: ask the source again. reparse: read the archived bytes again."),
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why; it goes into the journal.")],
    first: Annotated[int | None, typer.Option("--from", metavar="YEAR", help="First year (default: all).")] = None,
    last: Annotated[int | None, typer.Option("--to", metavar="YEAR", help="Last year (default: all).")] = None,
    as_json: AsJson = False,
) -> None:
    """Fetch or read chosen datasets and years again; nothing is built. Exit code 2 where one was refused.

    Years narrow what is asked of sources that answer by the year or month; others are asked for everything. What says
    the same as before changes nothing, and `monitor build` then has nothing to do.
    """
    from integrationsmonitor import night
    from integrationsmonitor.errors import ContractError, FetchError

    with _one_line_errors():
        settings, report = _settings(), default_reporter()
        years = night.years_of(first, last)
        night.note_backfill(settings, datasets, action, years, reason)
        results, refused = [], False
        for dataset_id in datasets:
            try:
                results.append(night.backfill(settings, dataset_id, action, years, report))
            except (ContractError, FetchError) as problem:
                report("refused", str(problem))
                refused = True
        changed = [result["dataset"] for result in results if result["changed"]]
        if as_json:
            print(json.dumps(results, ensure_ascii=False))
        else:
            print(f"changed: {', '.join(changed)}; now `monitor build`" if changed else "nothing changed")
        raise typer.Exit(2 if refused else 0)


@app.command()
def fetch(
    dataset: Annotated[str, typer.Argument(help="Id of a dataset, see `monitor status`.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Ask, read and check, but write nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask the source for one dataset; with --dry-run only say what would be accepted."""
    from integrationsmonitor import night

    with _one_line_errors():
        settings = Settings.from_env() if dry_run else _settings()
        result = night.load(settings, dataset, default_reporter(), dry_run=dry_run, everything=True)
        if as_json:
            print(json.dumps(result, ensure_ascii=False))
        else:
            would = "would be accepted" if dry_run else "accepted"
            print(
                f"{dataset}: {result['answers']} answers with {result['rows']:,} rows {would}, "
                f"{result['unchanged']} unchanged, {result['missing']} requests without figures"
            )


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show every dataset: newest period, last check and change, what is awaited, state, years; and the release."""
    from integrationsmonitor import night

    with _one_line_errors():
        settings = _settings()
        print_summary(settings, as_json=as_json)
        raise typer.Exit(night.exit_code(settings))


@app.command()
def watch(as_json: AsJson = False) -> None:
    """Say what needs a person now, without sending anything; exit code 2 where something does (for cron)."""
    from integrationsmonitor import night

    with _one_line_errors():
        causes = [cause.as_dict() for cause in night.watch(_settings())]
        print(json.dumps(causes, ensure_ascii=False) if as_json else "\n".join(cause_lines(causes)))
        raise typer.Exit(2 if causes else 0)


@app.command("metrics")
def print_metrics(
    serve: Annotated[bool, typer.Option("--serve", help="Answer Prometheus over HTTP until Ctrl-C.")] = False,
    host: Annotated[
        str, typer.Option("--host", help="Where to listen; by default nobody outside can ask.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port to listen on.")] = 9469,
) -> None:
    """Print what Prometheus wants to know: age of the release, datasets by state, seconds per step, rows."""
    import signal

    from integrationsmonitor import metrics, night

    with _one_line_errors():
        settings = Settings.from_env()  # not claimed: a server of metrics reads a home that others write

        def ask() -> tuple[dict[str, Any], list[dict[str, Any]]]:
            return night.summary(settings), [cause.as_dict() for cause in night.watch(settings)]

        if not serve:
            print(metrics.text(ask), end="")
            return
        server, thread = metrics.serve(ask, host, port)
        print(f"metrics   http://{host}:{server.server_port}/metrics", flush=True)
        signal.signal(signal.SIGTERM, lambda *_: server.shutdown())
        try:
            thread.join()
        except KeyboardInterrupt:
            server.shutdown()


@app.command("first-night")
def first_night(
    datasets: Annotated[list[str] | None, typer.Argument(help="Ids of datasets; without any, all.")] = None,
    output: Annotated[str, typer.Option("--output", metavar="FILE", help="Write the report as Markdown, too.")] = "",
    as_json: AsJson = False,
) -> None:
    """Ask every source once for its newest answer and judge it; nothing is written but the report.

    Exit code 0: every dataset that is not switched off was reachable and kept its contract; 2: one was not.
    """
    from pathlib import Path

    from integrationsmonitor import night
    from integrationsmonitor.printing import first_night_lines

    with _one_line_errors():
        settings, found = Settings.from_env(), []
        for finding in night.first_night(settings, datasets or (), default_reporter()):
            found.append(finding.as_dict())
        lines = list(first_night_lines(settings.mode, found))
        if output:
            try:
                Path(output).write_text("\n".join(lines) + "\n", encoding="utf-8")
            except OSError as problem:
                raise ConfigError(f"--output {output}: cannot be written ({problem.strerror})") from None
        print(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(lines))
        failed = any(item["contract"] in ("broken", "not reachable") and not item["off"] for item in found)
        raise typer.Exit(2 if failed else 0)


@app.command()
def describe(
    file: Annotated[Path, typer.Argument(help="A table (CSV or XLSX) that a Kreis delivers by hand.")],
    write: Annotated[bool, typer.Option("--write", help="Put the proposal into the drop folder.")] = False,
    as_json: AsJson = False,
) -> None:
    """Propose the description of a local table (docs/lokale-daten.md); what a person must decide is a TODO."""
    from integrationsmonitor import describe as describing
    from integrationsmonitor.catalog import catalog_of

    with _one_line_errors():
        settings = Settings.from_env()
        proposal = describing.propose(file, catalog_of(settings))
        path = describing.put(settings.local, proposal) if write else None
        if as_json:
            facts = {"id": proposal.id, "yaml": proposal.text, "todo": proposal.todo, "columns": proposal.columns}
            print(json.dumps({**facts, "written": str(path) if path else None}, ensure_ascii=False))
        elif path is None:
            print(proposal.text, end="")
        else:
            print(f"{path}: {len(proposal.todo)} TODOs to decide; then put {file.name} beside it")


@app.command()
def explain(
    what: Annotated[str, typer.Argument(help="A value_id of mart_indicator (also value_id@release), or an indicator.")],
    region: Annotated[str, typer.Option(help="With an indicator: key or name of a region, e.g. 16070.")] = "",
    period: Annotated[str, typer.Option(help="With an indicator: last day or year, e.g. 2019-12-31.")] = "",
    variant: Annotated[str, typer.Option(help="Another variant than the default one.")] = "",
    group: Annotated[str, typer.Option(help="Another group of persons, see dim_group.")] = "",
    territory: Annotated[str, typer.Option(help="as_published (default), harmonised, or a day, e.g. 2024-01-01.")] = "",
    as_json: AsJson = False,
) -> None:
    """Explain one number in German: formula, numbers, sources, vintages, what to mind, and how to cite it."""
    from integrationsmonitor import explain as explaining

    with _one_line_errors():
        question = explaining.Question(what, region, period, variant, group, territory)
        facts = explaining.explain(Settings.from_env(), question)
        print(json.dumps(facts, ensure_ascii=False) if as_json else "\n".join(explaining.lines(facts)))


@app.command()
def sql(
    command: Annotated[str, typer.Option("--command", "-c", metavar="SQL", help="Run this and leave.")] = "",
    as_csv: Annotated[bool, typer.Option("--csv", help="Print all rows as CSV.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask the current release in SQL, read-only: a conversation, one command (-c), or what is piped in."""
    from integrationsmonitor import shell
    from integrationsmonitor.release import names, queries

    with _one_line_errors():
        if as_csv and as_json:
            raise ConfigError("--csv and --json: name one of them")
        settings = Settings.from_env()
        form = "csv" if as_csv else "json" if as_json else "table"
        session = shell.Session(settings)
        if command or not sys.stdin.isatty():
            shell.run(session, command or sys.stdin.read(), form)
        elif form != "table":
            raise ConfigError(f"--{form}: give the SQL with -c, or pipe it in")
        else:
            known = names.load_names(settings.project / "exports" / names.FILE)
            shell.Repl(session, known, queries.load(settings.project)).talk(settings.home / "sql-history")


@app.command()
def rollback(
    release_id: Annotated[
        str, typer.Argument(help="Beginning of its id. Default: the one that current replaced.")
    ] = "",
) -> None:
    """Let `current` point to an earlier release; nothing is deleted."""
    from integrationsmonitor import release

    with _one_line_errors():
        now = release.rollback(_settings(), release_id or None).id
        print(f"current is now {now}; the next night with the same inputs publishes anew")


@app.command()
def releases(as_json: AsJson = False) -> None:
    """List the releases, which one is current, which are kept for ever, and how much room they and the archive take."""
    from dataclasses import asdict

    from integrationsmonitor.catalog import catalog_of
    from integrationsmonitor.release import keeping

    with _one_line_errors():
        settings = _settings()
        entries = keeping.listed(settings)
        room = keeping.room(settings, entries, sorted(catalog_of(settings).datasets))
        if as_json:
            print(json.dumps({"releases": entries, "room": asdict(room)}, ensure_ascii=False, indent=1))
        else:
            print("\n".join(release_lines(entries, asdict(room))))


@app.command("runs")
def list_runs(
    run_no: Annotated[int, typer.Argument(help="Number of a build: show what each step, model and test did.")] = 0,
    as_json: AsJson = False,
) -> None:
    """List the newest builds and how they ended; with a number, each step, model and test with seconds and SQL."""
    from dataclasses import asdict

    from integrationsmonitor import runs
    from integrationsmonitor.printing import node_lines, run_lines

    with _one_line_errors():
        past = runs.listed(_settings())
        facts = [asdict(run) | {"started_at": run.started_at.isoformat()} for run in past]
        if not run_no:
            heads = [{key: value for key, value in run.items() if key not in ("steps", "nodes")} for run in facts]
            print(json.dumps(heads, ensure_ascii=False) if as_json else "\n".join(run_lines(heads)))
            return
        found = next((run for run in facts if run["run_no"] == run_no), None)
        if found is None:
            raise ConfigError(f"no build {run_no} among the newest {runs.PUBLISHED_RUNS}; `monitor runs` lists them")
        usual = runs.usual_seconds([run for run in past if run.run_no < run_no])
        lines = [*run_lines([found]), "", *node_lines([*found["steps"], *found["nodes"]], usual)]
        print(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(lines))


@app.command()
def verify(
    release_id: Annotated[str, typer.Argument(help="Beginning of its id. Default: current.")] = "",
    as_json: AsJson = False,
) -> None:
    """Read every file of a release again and compare it with its checksum. Exit code 1 if one differs."""
    from dataclasses import asdict

    from integrationsmonitor.release import keeping

    with _one_line_errors():
        found = keeping.verify(_settings(), release_id)
        if as_json:
            print(json.dumps(asdict(found), ensure_ascii=False, indent=1))
        else:
            print("\n".join(verify_lines(asdict(found))))
        raise typer.Exit(1 if found.problems else 0)


@app.command()
def repair() -> None:
    """Let `current` mean the newest whole release where it means none, and clear what a killed night left."""
    from integrationsmonitor.release import keeping

    with _one_line_errors():
        print(f"current is {keeping.repair(_settings(), default_reporter())}")


@app.command()
def freeze(
    release_id: Annotated[str, typer.Argument(help="Beginning of its id; `monitor releases` lists them.")],
    label: Annotated[str, typer.Option("--label", help="What it is kept for, e.g. 'Kreistag 2026-11'.")],
    as_json: AsJson = False,
) -> None:
    """Keep a release for ever, so that a decision can cite it; the journal remembers who wanted it."""
    from dataclasses import asdict

    from integrationsmonitor.release import keeping

    with _one_line_errors():
        kept = keeping.freeze(_settings(), release_id, label)
        if as_json:
            print(json.dumps(asdict(kept), ensure_ascii=False))
        else:
            print(f"{kept.release_id} is kept for ever: {kept.label}")
            print(f"Cite a value of it as <value_id>@{kept.release_id}; `monitor explain` prints the whole citation")


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="Older release: the beginning of its id. Default: the one before.")] = "",
    new: Annotated[str, typer.Argument(help="Newer release. Default: current.")] = "",
    region: Annotated[str, typer.Option("--region", help="Only this one: key or name, e.g. 16070.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say what is new between two releases, value by value and why, in German."""
    from integrationsmonitor.release import asked, news
    from integrationsmonitor.release.diff import as_json as in_json

    with _one_line_errors():
        difference = asked.difference(_settings(), old, new, region)
        print(in_json(difference) if as_json else "\n".join(news.lines(difference)))


@app.command()
def replay(
    port: Annotated[int, typer.Option(help="Port on loopback; 0 takes a free one.")] = 8770,
    as_recorded: AsRecorded = "",
) -> None:
    """Serve the recorded answers on the live paths (loopback only) until Ctrl-C."""
    import os
    import threading

    from integrationsmonitor import clock
    from integrationsmonitor.replay.server import ReplayServer

    with _one_line_errors():
        if as_recorded:
            os.environ["MONITOR_AS_RECORDED"] = as_recorded
        folder = Settings.from_env({**os.environ, "MONITOR_SOURCE": "recorded"}).recordings
        with ReplayServer(folder, clock.as_recorded(), port) as server:
            for host in ("regio", "destatis"):
                print(f"{host:<9} {server.base_url(host)}", flush=True)
            try:
                threading.Event().wait()
            except KeyboardInterrupt:
                return


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Check mode, credentials, disk, clock, ports and versions; exit code 1 where something is wrong."""
    from integrationsmonitor import doctor as checks

    with _one_line_errors():
        findings = checks.examine()
        if as_json:
            print(json.dumps([finding._asdict() for finding in findings], ensure_ascii=False))
        else:
            for finding in findings:
                print(f"{'ok ' if finding.ok else '!! '} {finding.what:<12} {finding.text}")
        raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


def print_summary(settings: Settings, *, as_json: bool = False) -> None:
    """Print what `run` and `status` print: datasets, rows, gate, release, paths."""
    from integrationsmonitor import night

    facts = night.summary(settings)
    print(json.dumps(facts, ensure_ascii=False) if as_json else "\n".join(summary_lines(facts)))


def main() -> None:
    """Run the command line; a wrong setting is one line and exit code 1."""
    app()
