"""What was published when, for ever: folded from the journal and one small file per release in the archive.

Comes in: the journal's records `published` and `rolled_back`, and `archive/publications/<release_id>.parquet`: the
values in which a release differs from the one that was published before it (its base, in the file's metadata). Goes
out: one row per real change of a published value, and what is published now. A rollback is a publication of the older
state. The archive keeps every number; what is released of the account lacks those that must stay secret. Refuses: a
publication whose file is lost (MonitorError).

A release counts from its line in the journal on, with the time at which it was made; a file without a line is no
publication. Publications of versions that kept no such file are unknown, unless their folder is still there
(`release.ledger` makes the file then): the account begins after the last unknown one, and says nothing of before.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from integrationsmonitor import archive, clock, files
from integrationsmonitor.errors import MonitorError
from integrationsmonitor.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

PUBLISHED, ROLLED_BACK = "published", "rolled_back"
REMOVED, WITHHELD = "removed", "withheld"
# What tells a person which value it was, even when no release that holds it is left.
IDENTITY = (
    "indicator_id", "variant", "territory", "group_key", "region_key", "region_name", "period_type", "period_end",
)  # fmt: skip


class Value(NamedTuple):
    """A value as it was published; `status` is `removed` where it no longer is."""

    value: Decimal | None
    status: str
    definition_version: int


State = Mapping[str, Value]


class Event(NamedTuple):
    """A line of the journal; `changes` is the number of values that differ from the base, None where nobody counted."""

    kind: str
    release_id: str
    at: datetime
    changes: int | None


class Row(NamedTuple):
    """One real change: from this publication on the value was published like this."""

    value_id: str
    publication_no: int
    release_id: str
    published_at: datetime
    value: Decimal | None
    status: str
    definition_version: int


@dataclass(frozen=True)
class Delta:
    """What a release changes against its base ("" where it is told in full); `released_at` is naive UTC."""

    base: str
    released_at: datetime
    changes: State


@dataclass
class Account:
    """All changes in order, the release that is published now ("" where unknown) and its values."""

    rows: list[Row] = field(default_factory=list)
    holds: str = ""
    state: dict[str, Value] = field(default_factory=dict)
    publications: int = 0


def account(settings: Settings) -> Account:
    """The account of everything that was published from this home."""

    def delta_of(event: Event) -> Delta | None:
        found = read(settings, event.release_id)
        if found is None and event.changes is not None:
            path = path_of(settings, event.release_id)
            raise MonitorError(f"{path} is missing from the archive: what was published then; restore it from a backup")
        return found

    return fold(events(settings), delta_of, lambda release_id: read(settings, release_id))


def events(settings: Settings) -> list[Event]:
    """Publications and rollbacks, in the order of the journal."""
    return [
        Event(
            record["event"],
            record["release_id"],
            clock.naive_utc(archive.moment(record["at"])),
            record.get("changes"),
        )
        for record in archive.journal_records(settings)
        if record["event"] in (PUBLISHED, ROLLED_BACK)
    ]


def values_of(settings: Settings, release_id: str) -> dict[str, Value] | None:
    """All values of a release that the archive knows; None where it does not."""
    delta = read(settings, release_id)
    return state_of(delta, lambda base: read(settings, base)) if delta else None


def fold(
    happened: Sequence[Event], delta_of: Callable[[Event], Delta | None], base_of: Callable[[str], Delta | None]
) -> Account:
    """Walk through the events: `delta_of` gives the file of an event, `base_of` that of a release below it."""
    told = Account(publications=len(happened))
    for number, event in enumerate(happened, start=1):
        if event.kind == PUBLISHED and event.changes == 0 and told.holds:
            told.holds = event.release_id
            continue
        delta = delta_of(event)
        if delta is None:
            told.rows, told.holds, told.state = [], "", {}
            continue
        if delta.base == told.holds and event.kind == PUBLISHED:
            changes: State = delta.changes
        else:
            changes = difference(told.state, state_of(delta, base_of))
        moment = delta.released_at if event.kind == PUBLISHED else event.at
        told.rows.extend(rows_of(changes, number, event.release_id, moment))
        apply(told.state, changes)
        told.holds = event.release_id
    return told


def state_of(delta: Delta, base_of: Callable[[str], Delta | None]) -> dict[str, Value]:
    """All values of a release: its changes on top of those of its base, down to the one that was told in full."""
    layers = [delta]
    while layers[-1].base:
        below = base_of(layers[-1].base)
        if below is None:
            raise MonitorError(f"the archive lacks publications/{layers[-1].base}.parquet; restore it from a backup")
        layers.append(below)
    state: dict[str, Value] = {}
    for layer in reversed(layers):
        apply(state, layer.changes)
    return state


def difference(before: State, after: State) -> dict[str, Value]:
    """What changes from one state to the other, `removed` values included."""
    changes = {value_id: value for value_id, value in after.items() if before.get(value_id) != value}
    gone = before.keys() - after.keys()
    return changes | {value_id: Value(None, REMOVED, before[value_id].definition_version) for value_id in sorted(gone)}


def apply(state: dict[str, Value], changes: State) -> None:
    """Change a state in place: a home that publishes for years has many small changes of many values."""
    for value_id, value in changes.items():
        if value.status == REMOVED:
            state.pop(value_id, None)
        else:
            state[value_id] = value


def rows_of(changes: State, number: int, release_id: str, moment: datetime) -> Iterable[Row]:
    """Changes as rows of the account."""
    return (Row(value_id, number, release_id, moment, *value) for value_id, value in sorted(changes.items()))


def without_secrets(rows: Sequence[Row], confidential: Collection[str]) -> list[Row]:
    """The account as it may be released: values that are confidential today have no number at any time.

    Why a value was withheld, the account does not say. So one that came to be withheld and was not told since, but is
    gone or hidden by its source, has none either: it may have been confidential.
    """
    silent, since, last = set(confidential), set[str](), dict[str, Row]()
    for row in rows:
        last[row.value_id] = row
        if row.value is not None:
            since.discard(row.value_id)
        elif row.status == WITHHELD:
            since.add(row.value_id)
    silent |= {value_id for value_id in since if last[value_id].status != WITHHELD}
    return [
        row._replace(value=None, status=WITHHELD) if row.value_id in silent and row.value is not None else row
        for row in rows
    ]


def path_of(settings: Settings, release_id: str) -> Path:
    """Where the changes of a release stand."""
    return settings.archive / "publications" / f"{release_id}.parquet"


def read(settings: Settings, release_id: str) -> Delta | None:
    """The changes of a release; None where there is no file, MonitorError where it is damaged."""
    import pyarrow.parquet as pq

    path = path_of(settings, release_id)
    if not path.exists():
        return None
    try:
        with pq.ParquetFile(path, memory_map=False) as file:
            facts = file.schema_arrow.metadata
            columns = file.read(["value_id", *Value._fields]).to_pydict()
            base, moment = facts[b"base"].decode(), datetime.fromisoformat(facts[b"released_at"].decode())
    except (OSError, ValueError, KeyError) as problem:
        raise MonitorError(f"{path} cannot be read ({problem}); restore it from a backup") from None
    values = map(Value, *(columns[name] for name in Value._fields))
    return Delta(base, moment, dict(zip(columns["value_id"], values, strict=True)))


def write(settings: Settings, release_id: str, delta: Delta, identity: Mapping[str, Sequence[Any]]) -> None:
    """Keep the changes of a release; `identity` gives the columns of IDENTITY for each value that it holds."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    nobody = (None,) * len(IDENTITY)
    rows = [
        {
            "value_id": value_id,
            **value._asdict(),
            **dict(zip(IDENTITY, identity.get(value_id, nobody), strict=True)),
        }
        for value_id, value in sorted(delta.changes.items())
    ]
    schema = pa.schema(
        [
            ("value_id", pa.string()),
            ("value", pa.decimal128(28, 10)),
            ("status", pa.string()),
            ("definition_version", pa.int32()),
            *((name, pa.date32() if name == "period_end" else pa.string()) for name in IDENTITY),
        ],
        metadata={"release_id": release_id, "base": delta.base, "released_at": delta.released_at.isoformat()},
    )
    body = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), body, compression="zstd")
    files.write_atomic(path_of(settings, release_id), body.getvalue())


def table(rows: Sequence[Row], confidential: Collection[str] = ()) -> pa.Table:
    """The account as the input table `publication` of the dbt project, without secrets."""
    from integrationsmonitor.catalog_tables import arrow_table

    return arrow_table("publication", [row._asdict() for row in without_secrets(rows, confidential)])


def rows_in(told: pa.Table) -> list[Row]:
    """The rows of such a table."""
    return [Row(**row) for row in told.to_pylist()]
