"""Loading one dataset. Comes in: its id. Goes out: accepted answers in archive and landing, or one error and no change.

All answers of a round are checked before the first is accepted; accepting is one line in the dataset's manifest. A kill
at any moment leaves the dataset as it was or as it becomes, never between. Refused bytes go to quarantine.
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from datetime import date
from typing import TYPE_CHECKING, Any

from integrationsmonitor import archive, files, landing
from integrationsmonitor.archive import ArchivedAnswer
from integrationsmonitor.catalog import load_catalog
from integrationsmonitor.errors import ConfigError, ContractError, FetchError, MonitorError
from integrationsmonitor.night import asking, parsing
from integrationsmonitor.progress import Reporter, silent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from integrationsmonitor.catalog import Catalog, Dataset
    from integrationsmonitor.night.asking import Fetched
    from integrationsmonitor.settings import Settings


def plan(settings: Settings, group: str | None = None) -> list[str]:
    """Ids of the datasets of a load group (`ba`, `tls`), or of all; raises ConfigError where a setting is mistaken.

    Credentials, indicators and exports are needed late in the night, but a mistake in them must not cost one.
    """
    from integrationsmonitor.catalog_indicators import load_indicators
    from integrationsmonitor.release.contract import load_contract

    catalog = load_catalog(settings.catalog)
    load_indicators(catalog)
    load_contract(settings.project / "exports" / "exports.yml")
    for host in sorted(
        {str(dataset.source["host"]) for dataset in catalog.datasets.values() if "host" in dataset.source}
    ):
        settings.credentials(host)
    return catalog.group(group) if group else sorted(catalog.datasets)


def load(settings: Settings, dataset_id: str, report: Reporter = silent, *, dry_run: bool = False) -> dict[str, Any]:
    """Ask the source for one dataset and accept what is new.

    Returns {"dataset", "changed", "rows", "answers", "unchanged", "missing", "state", "seconds"}. Raises ContractError
    or FetchError after the refusal is on record; then nothing of tonight's answers counts. A dry run writes nothing.
    """
    started = time.monotonic()
    catalog = load_catalog(settings.catalog, dataset_id)
    dataset = catalog.datasets.get(dataset_id)
    if dataset is None:
        raise ConfigError(f"no dataset {dataset_id!r} in {settings.catalog / 'datasets'}; `monitor status` lists them")
    if not dry_run:
        settings.claim_home()
    lock = settings.archive / "manifest" / f"{dataset_id}.lock"
    with nullcontext() if dry_run else files.locked(lock):
        loading = _Loading(settings, catalog, dataset, report, dry_run)
        try:
            result = loading.run()
        except (ContractError, FetchError) as problem:
            if not dry_run:
                kind = "fetch" if isinstance(problem, FetchError) else "contract"
                archive.record_rejection(settings, dataset_id, str(problem), kind, loading.quarantined)
            raise
    return {"dataset": dataset_id, **result, "seconds": round(time.monotonic() - started, 2)}


class _Loading:
    """One dataset's load: its parse key and what happened so far."""

    def __init__(self, settings: Settings, catalog: Catalog, dataset: Dataset, report: Reporter, dry_run: bool) -> None:
        self.settings, self.catalog, self.dataset = settings, catalog, dataset
        self.report, self.dry_run = report, dry_run
        self.parse_key = landing.parse_key(dataset, catalog, landing.parser_version())
        self.quarantined: list[str] = []

    def run(self) -> dict[str, Any]:
        """Ask round after round; accept each round's new answers before the next is asked for."""
        started = time.monotonic()
        past = archive.history(self.settings, self.dataset.id)
        answers = rows = unchanged = missing = 0
        reread = self._reread(past)
        for fetched in asking.rounds(self.settings, self.dataset, past, self.report, newest_only=self.dry_run):
            fresh, counts = self._judge(fetched, past)
            known = max((answer.known_from[:10] for answer, _ in fresh), default="")
            if fresh:
                new_rows = sum(answer.rows for answer, _ in fresh)
                self.report("parse", f"{self.dataset.id}: Stand {known}", answers=len(fresh), rows=new_rows)
            unchanged, missing = counts["unchanged"], counts["missing"]
            answers += len(fresh)
            rows += sum(answer.rows for answer, _ in fresh)
            if fresh and not self.dry_run:
                for _, body in fresh:
                    archive.put_raw(self.settings, body)
                accepted = [answer for answer, _ in fresh]
                archive.record_delivery(self.settings, self.dataset.id, accepted, self.parse_key)
                past = archive.history(self.settings, self.dataset.id)
        changed = bool(answers or reread)
        if not answers and not self.dry_run:
            archive.record_check(self.settings, self.dataset.id, unchanged, missing)
        state = "ok" if past.accepted or answers else "not_recorded"
        what = "new" if answers else "read anew" if reread else "unchanged" if past.accepted else "nothing there"
        seconds = time.monotonic() - started
        counted = {"answers": answers or unchanged, "rows": rows or reread}
        self.report("load", f"{self.dataset.id}: {what}", **counted, seconds=seconds)
        return {
            "changed": changed,
            "rows": rows or reread,
            "answers": answers,
            "unchanged": unchanged,
            "missing": missing,
            "state": state,
        }

    def _judge(
        self, fetched: Iterable[Fetched], past: archive.History
    ) -> tuple[list[tuple[ArchivedAnswer, bytes]], dict[str, int]]:
        """Check every answer of a round; what is new comes back with its bytes, nothing is accepted yet."""
        latest = past.latest_by_slot
        fresh: list[tuple[ArchivedAnswer, bytes]] = []
        counts = {"unchanged": 0, "missing": 0}
        started, asked = time.monotonic(), list(fetched)
        if asked:
            bytes_in = sum(len(answer.body) for answer in asked)
            seconds = time.monotonic() - started
            self.report("fetch", f"{self.dataset.id}", requests=len(asked), bytes=bytes_in, seconds=seconds)
        for answer in asked:
            if answer.problem is not None:
                self._quarantine(answer, answer.problem)
                raise answer.problem
        for answer in asked:
            before = latest.get(answer.slot)
            if not answer.body:
                if before is not None and self.settings.mode == "live":
                    raise parsing.refuse_empty(self.dataset, answer.filename, answer.slot)
                counts["missing"] += 1
                continue
            try:
                content = parsing.unpack(self.dataset, answer.body, answer.filename, answer.retrieved_at)
                if before is not None and before.content_sha256 == content.sha256:
                    counts["unchanged"] += 1
                    continue
                if before is not None and content.known_from < archive.moment(before.known_from):
                    if self.settings.mode == "live":
                        raise parsing.refuse_older(self.dataset, content, before.known_from)
                    counts["unchanged"] += 1  # a recorded night that stands at an earlier day
                    continue
                accepted = self._check_one(answer, content)
                if before is not None:
                    parsing.refuse_halved(self.dataset, content, accepted.rows, before.rows)
                fresh.append((accepted, answer.body))
            except ContractError as problem:
                self._quarantine(answer, problem)
                raise
        return fresh, counts

    def _check_one(self, fetched: Fetched, content: parsing.Content) -> ArchivedAnswer:
        digest = files.sha256_of_bytes(fetched.body)
        target = None if self.dry_run else landing.path_of(self.settings, self.dataset.id, digest, self.parse_key)
        scope = _days(fetched)
        rows, layout = parsing.parse(self.catalog, self.dataset, content, digest, self.parse_key, scope, target)
        quality = content.known_from_quality
        if self.settings.mode == "recorded":
            quality = asking.recorded_quality(self.settings, digest) or quality
        return ArchivedAnswer(
            slot=fetched.slot,
            raw_sha256=digest,
            content_sha256=content.sha256,
            filename=content.filename,
            url=fetched.url,
            scope_from=fetched.scope_from,
            scope_to=fetched.scope_to,
            known_from=content.known_from.isoformat(),
            known_from_quality=quality,
            retrieved_at=fetched.retrieved_at.isoformat(),
            layout=layout,
            bytes=len(fetched.body),
            rows=rows,
            request=fetched.request,
            validators=fetched.validators,
        )

    def _reread(self, past: archive.History) -> int:
        """Parse the accepted bytes anew where the reader or the dataset's file changed; returns the number of rows."""
        if not past.accepted or past.current_parse == self.parse_key:
            return 0
        answers = {item.answer.raw_sha256: item.answer for item in past.accepted}
        self.report("parse", f"{self.dataset.id}: reader or dataset file changed, reading again", answers=len(answers))
        total = 0
        for digest, answer in answers.items():
            target = None if self.dry_run else landing.path_of(self.settings, self.dataset.id, digest, self.parse_key)
            total += reparse(self.settings, self.catalog, self.dataset, answer, self.parse_key, target)
        if not self.dry_run:
            repeats = past.current_parse if self._says_the_same(past.current_parse, list(answers)) else ""
            archive.record_parse(self.settings, self.dataset.id, self.parse_key, list(answers), repeats)
        return total

    def _says_the_same(self, earlier: str, raws: list[str]) -> bool:
        """Whether an earlier parse said the same of all these bytes (a change of code that changed no figure)."""
        pairs = [
            [landing.path_of(self.settings, self.dataset.id, raw, key) for key in (earlier, self.parse_key)]
            for raw in raws
        ]
        return bool(earlier) and all(old.exists() and landing.same_rows(old, new) for old, new in pairs)

    def _quarantine(self, answer: Fetched, problem: MonitorError) -> None:
        if self.dry_run or not answer.body:
            return
        facts = {"url": answer.url, "slot": answer.slot, "retrieved_at": answer.retrieved_at.isoformat()}
        place = archive.quarantine(self.settings, self.dataset.id, answer.body, str(problem), facts)
        self.quarantined.append(place)


def reparse(
    settings: Settings,
    catalog: Catalog,
    dataset: Dataset,
    answer: ArchivedAnswer,
    parse_key: str,
    target: Any,
) -> int:
    """Make the landing file of an archived answer again; returns its rows."""
    body = archive.get_raw(settings, answer.raw_sha256)
    retrieved = archive.moment(answer.retrieved_at)
    content = parsing.unpack(dataset, body, answer.filename, retrieved)
    rows, _ = parsing.parse(catalog, dataset, content, answer.raw_sha256, parse_key, _days(answer), target)
    return rows


def _days(asked: Fetched | ArchivedAnswer) -> tuple[date, date]:
    return date.fromisoformat(asked.scope_from), date.fromisoformat(asked.scope_to)
