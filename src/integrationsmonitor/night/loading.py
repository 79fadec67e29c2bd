"""Loading one dataset. Comes in: its id. Goes out: accepted answers in archive and landing, or one error and no change.

All answers of a round are checked before the first is accepted; accepting is one line in the dataset's manifest. A kill
at any moment leaves the dataset as it was or as it becomes, never between. Refused bytes go to quarantine.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from integrationsmonitor import archive, files, landing
from integrationsmonitor.catalog import catalog_of
from integrationsmonitor.errors import ConfigError, ContractError, FetchError, JumpError
from integrationsmonitor.local_catalog import keep
from integrationsmonitor.night import asking, parsing
from integrationsmonitor.night.judging import Judge
from integrationsmonitor.night.rereading import Rereading
from integrationsmonitor.progress import Reporter, silent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from contextlib import AbstractContextManager

    from integrationsmonitor.catalog import Catalog
    from integrationsmonitor.dataset import Dataset
    from integrationsmonitor.settings import Settings
    from integrationsmonitor.sources.fetched import Years


_AT_A_TIME = 2


def plan(settings: Settings, group: str | None = None) -> list[str]:
    """Ids of the datasets of a load group (`ba`, `tls`), or of all; raises ConfigError where a setting is mistaken.

    Credentials, layouts, indicators and exports are needed late in the night, but a mistake in them must not cost one.
    """
    from integrationsmonitor.catalog_indicators import load_indicators
    from integrationsmonitor.release.contract import load_contract
    from integrationsmonitor.release.metadata.publisher import FILE, load_publisher

    catalog = catalog_of(settings)
    for dataset in catalog.datasets.values():
        parsing.check_layout(dataset)
    load_indicators(catalog)
    load_contract(settings.project / "exports" / "exports.yml")
    load_publisher(settings.project / "exports" / FILE)
    asked = (dataset.source for dataset in catalog.datasets.values() if not dataset.off_de)
    for host in sorted({str(source["host"]) for source in asked if "host" in source}):
        settings.credentials(host)
    return catalog.group(group) if group else sorted(i for group in catalog.groups for i in catalog.group(group))


def load_all(
    settings: Settings, dataset_ids: Iterable[str], report: Reporter = silent, *, everything: bool = False
) -> None:
    """Load datasets, two at a time, so that one is read while the other's host is waited for.

    What a source did wrong is on record and reported; it keeps no other dataset from being loaded. Any other error
    (a full disk, a wrong setting) ends the loading and is raised when the loads under way have ended.
    """
    waiting = deque(dataset_ids)
    failures: list[BaseException] = []

    def work() -> None:
        while not failures:
            try:
                dataset_id = waiting.popleft()
            except IndexError:
                return
            try:
                load(settings, dataset_id, report, everything=everything)
            except (ContractError, FetchError) as problem:
                report("refused", str(problem))
            except BaseException as problem:  # raised again by the thread that waits
                failures.append(problem)

    # daemons: Ctrl-C need not wait for an answer that takes minutes, and a load that is cut short leaves nothing behind
    workers = [threading.Thread(target=work, daemon=True) for _ in range(_AT_A_TIME)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if failures:
        raise failures[0]


def load(
    settings: Settings,
    dataset_id: str,
    report: Reporter = silent,
    *,
    dry_run: bool = False,
    everything: bool = False,
    years: Years | None = None,
) -> dict[str, Any]:
    """Ask the source for one dataset, if it may have changed (or for `everything`), and accept what is new.

    With `years`, only what a source answers by the year is asked for, and only these.

    Returns {"dataset", "changed", "rows", "answers", "unchanged", "missing", "state", "warnings", "seconds"}. Raises
    ContractError or FetchError after the refusal is on record; then nothing of tonight's answers counts. A dry run
    asks for everything and writes nothing.
    """
    started = time.monotonic()
    catalog = catalog_of(settings, dataset_id)
    dataset = known(settings, catalog, dataset_id)
    if dataset.off_de and not dry_run:
        raise ConfigError(
            f"{dataset_id} is switched off: {dataset.off_de} Try it with `monitor fetch {dataset_id} --dry-run`; to "
            f"switch it on, take `off_de` out of catalog/datasets/{dataset_id}.yml"
        )
    if not dry_run:
        settings.claim_home()
    with nullcontext() if dry_run else locked(settings, dataset_id):
        loading = _Loading(settings, catalog, dataset, report, dry_run)
        try:
            result = loading.run(everything=everything or dry_run, years=years)
        except (ContractError, FetchError) as problem:
            if not dry_run:
                kinds = {FetchError: "fetch", JumpError: "jump"}
                contents = problem.contents if isinstance(problem, JumpError) else []
                kind = kinds.get(type(problem), "contract")
                archive.record_rejection(settings, dataset_id, str(problem), kind, loading.judge.quarantined, contents)
            raise
        if not dry_run:
            settle_local(settings, dataset, loading.parse_key)
    return {"dataset": dataset_id, **result, "seconds": round(time.monotonic() - started, 2)}


def accept(settings: Settings, dataset_id: str, reason: str) -> dict[str, Any]:
    """Note in manifest and journal that the figures of tonight's jump are right; the next load takes them.

    Accepted is the content that was refused, by its hash: other figures are judged anew. Returns {"dataset",
    "contents", "refused"}. Raises ConfigError where nothing waits for a decision, or the reason is empty.
    """
    if not reason.strip():
        raise ConfigError("a reason is needed: --reason 'confirmed by the office on …'; it goes into the journal")
    known(settings, catalog_of(settings, dataset_id), dataset_id)
    settings.claim_home()
    with locked(settings, dataset_id):
        past = archive.history(settings, dataset_id)
        refused = past.rejection or {}
        contents = [content for content in refused.get("contents", []) if content not in past.accepted_contents]
        if not contents:
            why = refused.get("error", "its last answer was accepted")
            raise ConfigError(
                f"{dataset_id}: nothing to accept: {why}. Only figures that jump can be accepted; what breaks the "
                "contract is put right in the dataset's file or at the source"
            )
        archive.record_acceptance(settings, dataset_id, contents, reason.strip())
    decision = {"dataset": dataset_id, "contents": contents, "refused": refused["error"]}
    archive.journal(settings, {"event": "accept", "reason": reason.strip(), **decision})
    return decision


def known(settings: Settings, catalog: Catalog, dataset_id: str) -> Dataset:
    """The dataset of this id; ConfigError where there is none."""
    dataset = catalog.datasets.get(dataset_id)
    if dataset is None:
        raise ConfigError(f"no dataset {dataset_id!r} in {settings.catalog / 'datasets'}; `monitor status` lists them")
    return dataset


def locked(settings: Settings, dataset_id: str) -> AbstractContextManager[None]:
    """Whoever changes a dataset's archive or landing holds this."""
    return files.locked(settings.archive / "manifest" / f"{dataset_id}.lock")


def settle_local(settings: Settings, dataset: Dataset, parse_key: str) -> None:
    """Of a local table that was read: its description is in force, and what an earlier one showed may not stay."""
    if dataset.local is not None:
        keep(settings.local, settings.kept_descriptions, dataset)
        landing.drop_other_parses(settings, dataset.id, parse_key)


class _Loading:
    """One dataset's load: its parse key and what happened so far."""

    def __init__(self, settings: Settings, catalog: Catalog, dataset: Dataset, report: Reporter, dry_run: bool) -> None:
        self.settings, self.catalog, self.dataset = settings, catalog, dataset
        self.report, self.dry_run = report, dry_run
        self.parse_key = landing.parse_key(dataset, catalog, landing.parser_version())
        self.judge = Judge(settings, catalog, dataset, self.parse_key, report, dry_run)
        self.rereading = Rereading(settings, catalog, dataset, self.parse_key, report, dry_run)

    def run(self, *, everything: bool, years: Years | None) -> dict[str, Any]:
        """Ask round after round; accept each round's new answers before the next is asked for."""
        started = time.monotonic()
        past = archive.history(self.settings, self.dataset.id)
        if not everything:
            same_rules = past.current_parse == self.parse_key
            decision = asking.why_fetch(
                self.settings, self.catalog, self.dataset, past, is_read_by_todays_rules=same_rules
            )
            if not decision.why:
                archive.record_listed(self.settings, self.dataset.id, decision.since)
                self.report("load", f"{self.dataset.id}: not among the source's changes since {decision.since}")
                return self._result(past)
        answers = rows = unchanged = missing = 0
        warnings: list[str] = []
        reread = self.rereading.reread(past)
        for fetched in asking.rounds(
            self.settings, self.catalog, self.dataset, past, self.report, newest_only=self.dry_run, years=years
        ):
            found = self.judge.judge(fetched, past)
            new_rows = sum(answer.rows for answer in found.accepted)
            if found.fresh:
                known = max(answer.known_from[:10] for answer in found.accepted)
                self.report("parse", f"{self.dataset.id}: Stand {known}", answers=len(found.fresh), rows=new_rows)
            unchanged += found.unchanged
            missing += found.missing
            answers += len(found.fresh)
            rows += new_rows
            warnings += found.warnings
            if found.fresh and not self.dry_run:
                for _, body in found.fresh:
                    archive.put_raw(self.settings, body)
                archive.record_delivery(
                    self.settings, self.dataset.id, found.accepted, self.parse_key, found.warnings, of_all=years is None
                )
                past = archive.history(self.settings, self.dataset.id)
        if not answers and not self.dry_run:
            archive.record_check(self.settings, self.dataset.id, unchanged, missing, of_all=years is None)
        what = "new" if answers else "read anew" if reread else "unchanged" if past.accepted else "nothing there"
        seconds = time.monotonic() - started
        counted = {"answers": answers or unchanged, "rows": rows or reread}
        self.report("load", f"{self.dataset.id}: {what}", **counted, seconds=seconds)
        return self._result(
            past, answers, rows or reread, unchanged, missing, warnings, changed=bool(answers or reread)
        )

    def _result(
        self,
        past: archive.History,
        answers: int = 0,
        rows: int = 0,
        unchanged: int = 0,
        missing: int = 0,
        warnings: Sequence[str] = (),
        *,
        changed: bool = False,
    ) -> dict[str, Any]:
        return {
            "changed": changed,
            "rows": rows,
            "answers": answers,
            "unchanged": unchanged,
            "missing": missing,
            "state": "ok" if past.accepted or answers else "not_recorded",
            "warnings": [*warnings],
        }
