"""The registry: damages to a sound candidate, each with the suite and the expectation that are meant to catch it."""

from __future__ import annotations

from table_damages_around import DIMENSIONS, SURVEYS
from table_damages_computed import COMPUTED
from table_damages_drift import DRIFT
from table_damages_origin import ORIGIN
from table_damages_values import VALUES

DAMAGES = {damage.id: damage for damage in [*VALUES, *COMPUTED, *ORIGIN, *DIMENSIONS, *SURVEYS, *DRIFT]}
