"""Reading archived bytes again. Comes in: a dataset's history. Goes out: landing files by today's rules.

Where the reader or the dataset's file changed, all accepted answers are read again, because only a reading of all of
them is in force. Where nothing changed, chosen years can be compared with what their bytes say: a landing file that
says otherwise was damaged, and is made anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from integrationsmonitor import archive, files, landing
from integrationsmonitor.night import parsing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from integrationsmonitor.archive import ArchivedAnswer, History
    from integrationsmonitor.catalog import Catalog
    from integrationsmonitor.dataset import Dataset
    from integrationsmonitor.progress import Reporter
    from integrationsmonitor.settings import Settings
    from integrationsmonitor.sources.fetched import Years


def reparse(
    settings: Settings, catalog: Catalog, dataset: Dataset, answer: ArchivedAnswer, parse_key: str, target: Path | None
) -> int:
    """Make the landing file of an archived answer again; returns its rows."""
    content = parsing.archived(settings, dataset, answer)
    scope = parsing.days_of(answer)
    rows, _ = parsing.parse(catalog, dataset, content, answer.raw_sha256, parse_key, scope, target)
    return rows


@dataclass(frozen=True)
class Rereading:
    """Reads the answers of one dataset again; a dry run writes nothing."""

    settings: Settings
    catalog: Catalog
    dataset: Dataset
    parse_key: str
    report: Reporter
    dry_run: bool = False

    def reread(self, past: History) -> int:
        """Parse the accepted bytes anew where the reader or the dataset's file changed; returns the number of rows."""
        if not past.accepted or past.current_parse == self.parse_key:
            return 0
        answers = _answers(past)
        self.report("parse", f"{self.dataset.id}: reader or dataset file changed, reading again", answers=len(answers))
        total = sum(
            self._reparse(answer, None if self.dry_run else self._landed(digest)) for digest, answer in answers.items()
        )
        if not self.dry_run:
            repeats = past.current_parse if self._says_the_same(past.current_parse, answers) else ""
            if not repeats and self.dataset.local is None:  # of a local table no earlier reading may stay
                for digest in answers:
                    archive.put_reading(self.settings, self.dataset.id, self._landed(digest, past.current_parse))
            archive.record_parse(self.settings, self.dataset.id, self.parse_key, list(answers), repeats)
        return total

    def compare(self, past: History, years: Years | None) -> tuple[int, int, int]:
        """Read the answers of these years (or of all) again, and mend the landing where it says otherwise.

        Returns how many answers were read, their rows, and how many landing files were made anew. What was mended is
        on record, so that the next build has news.
        """
        chosen = {
            digest: answer
            for digest, answer in _answers(past).items()
            if years is None or years.overlap(answer.scope_from, answer.scope_to)
        }
        rows, mended = 0, []
        scratch = self.settings.home / "tmp"
        with files.room_for(scratch / "reread"):
            scratch.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=scratch, prefix="reread-") as folder:
            for digest, answer in chosen.items():
                landed, again = self._landed(digest), Path(folder) / f"{digest}.parquet"
                rows += self._reparse(answer, again)
                if not landing.same_rows(landed, again):
                    files.write_atomic(landed, again.read_bytes())
                    mended.append(digest)
                    self.report("warning", f"{self.dataset.id}: the landing of {answer.filename} said otherwise than "
                                "its bytes do: it was damaged, and is made anew")  # fmt: skip
                again.unlink()
        if mended:
            archive.record_mended(self.settings, self.dataset.id, mended)
        return len(chosen), rows, len(mended)

    def _reparse(self, answer: ArchivedAnswer, target: Path | None) -> int:
        return reparse(self.settings, self.catalog, self.dataset, answer, self.parse_key, target)

    def _landed(self, digest: str, key: str = "") -> Path:
        return landing.path_of(self.settings, self.dataset.id, digest, key or self.parse_key)

    def _says_the_same(self, earlier: str, raws: Mapping[str, ArchivedAnswer]) -> bool:
        """Whether an earlier parse said the same of all these bytes (a change of code that changed no figure)."""
        pairs = [(self._landed(raw, earlier), self._landed(raw)) for raw in raws] if earlier else []
        return bool(earlier) and all(old.exists() and landing.same_rows(old, new) for old, new in pairs)


def _answers(past: History) -> dict[str, ArchivedAnswer]:
    return {item.answer.raw_sha256: item.answer for item in past.accepted}
