"""Statistical confidentiality: what may not be said, so that no hidden cell can be computed from it.

Comes in: cells (known, rounded, hidden), relations that hold among them, statements that we would make. Goes out: the
hidden cells that can be derived, and the cheapest set of statements to withhold until none is. It knows nothing of
datasets, files or warehouses. Refuses a system that contradicts itself in form (model.py).
"""

from __future__ import annotations

from integrationsmonitor.disclosure.audit import Finding, audit
from integrationsmonitor.disclosure.model import (
    Cell,
    Exact,
    Form,
    Relation,
    Statement,
    System,
    hidden,
    known,
    ratio,
    rounded,
    unprinted,
)
from integrationsmonitor.disclosure.protect import Protection, Withheld, protect, withheld

__all__ = [
    "Cell",
    "Exact",
    "Finding",
    "Form",
    "Protection",
    "Relation",
    "Statement",
    "System",
    "Withheld",
    "audit",
    "hidden",
    "known",
    "protect",
    "ratio",
    "rounded",
    "unprinted",
    "withheld",
]
