"""Judging the answers of one round. Comes in: what was fetched, and the dataset's history. Goes out: what is new.

Every answer is read, checked against its contract, compared with what was accepted before, and landed; nothing is
accepted here. The first answer that breaks its contract is refused with its bytes in quarantine; answers whose figures
jump are refused together, so that a person sees all of a night's jumps at once.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from integrationsmonitor import archive, files, jumps, landing
from integrationsmonitor.archive import ArchivedAnswer
from integrationsmonitor.errors import ContractError, JumpError, MonitorError
from integrationsmonitor.night import parsing, recorded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyarrow as pa

    from integrationsmonitor.catalog import Catalog
    from integrationsmonitor.dataset import Dataset
    from integrationsmonitor.progress import Reporter
    from integrationsmonitor.settings import Settings
    from integrationsmonitor.sources.fetched import Fetched

_NOTABLE = 0.25  # a difference in rows or bytes that a person should know of


@dataclass
class Round:
    """One round's outcome: new answers with their bytes, how many brought nothing, and what a person should know."""

    fresh: list[tuple[ArchivedAnswer, bytes]] = field(default_factory=list)
    unchanged: int = 0
    missing: int = 0
    warnings: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> list[ArchivedAnswer]:
        """The new answers."""
        return [answer for answer, _ in self.fresh]


@dataclass
class Judge:
    """Judges answers of one dataset; `quarantined` names the files of what was refused (none in a dry run)."""

    settings: Settings
    catalog: Catalog
    dataset: Dataset
    parse_key: str
    report: Reporter
    dry_run: bool
    quarantined: list[str] = field(default_factory=list)

    def judge(self, fetched: Iterable[Fetched], past: archive.History) -> Round:
        """Check every answer of a round; raises ContractError, JumpError or FetchError with the bytes in quarantine."""
        found, jumped = Round(), []
        for answer in self._asked(fetched):
            try:
                self._judge_one(answer, past, found)
            except JumpError as jump:
                self._quarantine(answer, jump)
                jumped.append(jump)
            except ContractError as problem:
                self._quarantine(answer, problem)
                raise
        if jumped:
            raise JumpError(jumped[0], [content for jump in jumped for content in jump.contents])
        return found

    def _asked(self, fetched: Iterable[Fetched]) -> list[Fetched]:
        """Ask for all of the round before the first is judged; a request that failed fails the round."""
        started, asked = time.monotonic(), list(fetched)
        if asked:
            bytes_in = sum(len(answer.body) for answer in asked)
            seconds = time.monotonic() - started
            self.report("fetch", f"{self.dataset.id}", requests=len(asked), bytes=bytes_in, seconds=seconds)
        for answer in asked:
            if answer.problem is not None:
                self._quarantine(answer, answer.problem)
                raise answer.problem
        return asked

    def _judge_one(self, answer: Fetched, past: archive.History, found: Round) -> None:
        before, is_live = past.latest_by_slot.get(answer.slot), self.settings.mode == "live"
        if not answer.body:
            if before is not None and is_live:
                raise parsing.refuse_empty(self.dataset, answer.filename, answer.slot)
            found.missing += 1
            return
        content = parsing.unpack(self.dataset, answer.body, answer.filename, answer.retrieved_at)
        if before is not None and before.content_sha256 == content.sha256:
            found.unchanged += 1
            return
        if before is not None and content.known_from < archive.moment(before.known_from):
            if is_live:
                raise parsing.refuse_older(self.dataset, content, before.known_from)
            found.unchanged += 1  # a recorded night that stands at an earlier day
            return
        others = dict(past.latest_by_slot)
        if not self.dry_run:  # which has landed nothing to compare with
            others |= {known.slot: known for known in found.accepted}
        accepted = self._read(answer, content, None if content.sha256 in past.accepted_contents else others)
        if before is not None:
            found.warnings += self._compare_sizes(content, accepted, before)
        found.fresh.append((accepted, answer.body))

    def _read(
        self, fetched: Fetched, content: parsing.Content, others: Mapping[str, ArchivedAnswer] | None
    ) -> ArchivedAnswer:
        """Read, check and land one answer; `others` are the answers whose figures it is compared with.

        Without them nothing is compared, not even within the answer: a person said that its figures are right.
        """

        def compare(observations: pa.Table) -> None:
            if others is None:
                return
            try:
                self._compare_figures(observations, fetched, content.filename, others)
            except ContractError as jump:
                raise JumpError(jump, [content.sha256]) from None

        digest = files.sha256_of_bytes(fetched.body)
        target = None if self.dry_run else landing.path_of(self.settings, self.dataset.id, digest, self.parse_key)
        scope = parsing.days_of(fetched)
        rows, layout = parsing.parse(
            self.catalog, self.dataset, content, digest, self.parse_key, scope, target, compare
        )
        quality = content.known_from_quality
        if self.settings.mode == "recorded":
            quality = recorded.quality_of(self.settings, digest) or quality
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

    def _compare_figures(
        self, now: pa.Table, fetched: Fetched, filename: str, others: Mapping[str, ArchivedAnswer]
    ) -> None:
        """Refuse figures that lie far from the same ones before, or from those of the nearest earlier period."""
        before = others.get(fetched.slot)
        earlier = [other for other in others.values() if other.scope_to < fetched.scope_from]
        nearest = max(earlier, key=lambda other: other.scope_to, default=None)
        is_compared_within = self.dataset.is_asked_by_region or any(
            rule.against == "within" for rule in self.dataset.contract.jumps
        )
        if self.dataset.contract.jumps and (before or nearest or is_compared_within):
            was, at_that_time = (self._observations(other) if other else None for other in (before, nearest))
            jumps.check(now, was, at_that_time, self.dataset, filename)

    def _observations(self, answer: ArchivedAnswer) -> pa.Table:
        """What an accepted answer says by today's rules: as landed, or read again."""
        path = landing.path_of(self.settings, self.dataset.id, answer.raw_sha256, self.parse_key)
        if (landed := landing.read(path)) is not None:
            return landed
        content = parsing.archived(self.settings, self.dataset, answer)
        return parsing.observations(self.catalog, self.dataset, content, answer.raw_sha256, self.parse_key)

    def _compare_sizes(self, content: parsing.Content, now: ArchivedAnswer, before: ArchivedAnswer) -> list[str]:
        """Refuse an answer that lost a large part of its rows; say so where rows or bytes differ notably."""
        parsing.refuse_halved(self.dataset, content, now.rows, before.rows)
        doubts = [
            f"{self.dataset.id}: {content.filename}: {new:,} {what}, the answer before had {old:,}"
            for what, new, old in (("rows", now.rows, before.rows), ("bytes", now.bytes, before.bytes))
            if abs(new - old) > old * _NOTABLE
        ]
        for doubt in doubts:
            self.report("warning", doubt)
        return doubts

    def _quarantine(self, answer: Fetched, problem: MonitorError) -> None:
        if self.dry_run or not answer.body:
            return
        facts = {"url": answer.url, "slot": answer.slot, "retrieved_at": answer.retrieved_at.isoformat()}
        place = archive.quarantine(self.settings, self.dataset.id, answer.body, str(problem), facts)
        self.quarantined.append(place)
