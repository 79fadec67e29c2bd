"""What a Kreis says of a table that it delivers, as frozen objects. Comes in: nothing; local_catalog.py makes them.

Goes out: the words by which the reader, the threshold and the drop folder speak of such a table. Refuses nothing.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from integrationsmonitor.region import Region

REGION, PERIOD, VALUE, BASE = "region", "period", "value", "n"
NO_THRESHOLD = 0
HIDDEN_SIGN, BLANK_SIGN = "*", "leer"


@dataclass(frozen=True)
class TableColumn:
    """One column of the file.

    `field` is region, period, value, n (the number of persons a rate stands on) or the axis that the column holds.
    `by` says how regions are written (name, key, ags), `words` what the file's words mean (a region's key, an axis
    value, "" for the total), `code` names the measure, `sets` the axis values of a value column.
    """

    heading: str
    field: str
    by: str = "name"
    words: Mapping[str, str] = dataclasses.field(default_factory=dict)
    code: str = ""
    sets: Mapping[str, str] = dataclasses.field(default_factory=dict)
    scale: int = 0


@dataclass(frozen=True)
class LocalTable:
    """How the files of one description are read, and what in them is to be kept secret.

    `regions` are those that the description declares, by key. A figure of persons below `threshold` is hidden
    (NO_THRESHOLD: none is), with `hide_zero` also 0. `overlapping` names axes whose parts are no parts of the total.
    """

    description: str
    files: str
    columns: tuple[TableColumn, ...]
    ignore: tuple[str, ...] = ()
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    decimal: str = ","
    thousands: str = ""
    period_value: str = ""
    period_filename: str = ""
    regions: Mapping[str, Region] = dataclasses.field(default_factory=dict)
    threshold: int = NO_THRESHOLD
    hide_zero: bool = False
    overlapping: tuple[str, ...] = ()
    regions_add_up: bool = True
    every_region: bool = False

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """All headings that the file must have, in the order of the description."""
        return (*(column.heading for column in self.columns), *self.ignore)

    def names(self, filename: str) -> bool:
        """Whether `files` means this file; `*` stands for any part of a name, nothing else for anything but itself."""
        return bool(re.fullmatch(".*".join(map(re.escape, self.files.split("*"))), filename))

    def of_field(self, name: str) -> tuple[TableColumn, ...]:
        """The columns that hold this field."""
        return tuple(column for column in self.columns if column.field == name)
