"""Promised sums, and those that do not hold, as rows of the input tables.

Comes in: the catalogue's objects. Goes out: rows by the names of their tables (`catalog_tables.SCHEMAS`). Refuses
nothing: whatever was loaded was checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from integrationsmonitor.catalog import Catalog
from integrationsmonitor.catalog_rows import Row, cells_rows
from integrationsmonitor.catalog_sum_violations import SumViolation
from integrationsmonitor.sums import sums_of


def sum_rows(catalog: Catalog, violations: Sequence[SumViolation]) -> Mapping[str, Iterable[Row]]:
    """The tables of sums, by their names."""
    return {
        "catalog_sum": _sums(catalog),
        "catalog_sum_word": _words(catalog),
        "catalog_sum_violation": _violations(violations),
        "catalog_sum_violation_cells": _cells(violations),
    }


def _sums(catalog: Catalog) -> Iterator[Row]:
    for dataset in catalog.datasets.values():
        for promised in sums_of(dataset):
            yield {
                "dataset_id": dataset.id,
                "sum_no": promised.number,
                "sum_kind": promised.kind,
                "field": promised.field,
                "measure": promised.measure,
                "unit": promised.unit,
                "total_word": promised.total,
                "n_parts": len(promised.parts),
                "tolerance": Decimal(str(promised.tolerance)),
                "is_promised": promised.is_promised,
            }


def _words(catalog: Catalog) -> Iterator[Row]:
    for dataset in catalog.datasets.values():
        for promised in sums_of(dataset):
            if promised.parts:
                for role, words in (("total", (promised.total,)), ("part", promised.parts)):
                    for word in words:
                        yield {"dataset_id": dataset.id, "sum_no": promised.number, "role": role, "word": word}


def _violations(violations: Sequence[SumViolation]) -> Iterator[Row]:
    for number, found in enumerate(violations, start=1):
        yield {
            "explanation_id": found.id,
            "explanation_seq": number,
            "dataset_id": found.dataset,
            "sum_kind": found.kind,
            "is_explained": found.is_explained,
            "reason_de": found.reason_de,
            "source_de": found.source_de,
        }


def _cells(violations: Sequence[SumViolation]) -> Iterator[Row]:
    for found in violations:
        ids = {"explanation_id": found.id, "dataset_id": found.dataset}
        yield from (ids | row for row in cells_rows(found.cells))
