"""Where a Träger delivered nothing. Comes in: the columns of one answer and a rule. Goes out: the lines concerned.

Then every detail of an axis is blocked, and what stands in its rest (or in an incomplete total) speaks of a part of the
Kreis only: a naive sum would show Greiz with 470 instead of 2,701 people. A figure is complete or it is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from integrationsmonitor.columns import combine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from integrationsmonitor.columns import Column
    from integrationsmonitor.dataset import OutageRule


def lines(columns: Mapping[str, Column], rule: OutageRule) -> Any:
    """Per line whether it belongs to an outage; `columns` are those of cells.py by name, `a_<code>` for an axis."""
    import numpy as np

    axis, value = columns[f"a_{rule.axis}"], columns["value"]
    keys = combine([column for name, column in columns.items() if name not in (f"a_{rule.axis}", "value", "quality")])
    is_part = axis.look_up([word in rule.parts for word in axis.words], bool)
    is_rest = axis.look_up([word in rule.rest for word in axis.words], bool)
    blocked = is_part & value.look_up([word == rule.sign for word in value.words], bool)
    n_blocked = np.bincount(keys.index[blocked], minlength=len(keys.words))
    found: Any = (n_blocked == len(rule.parts))[keys.index] & (is_part | is_rest)
    return found
