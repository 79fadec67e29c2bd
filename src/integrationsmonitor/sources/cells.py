"""What every reader of a table hands on: an Arrow table of cells, and a few facts about the answer.

The cells have the columns line, col (both 1-based int), time, region_code, region_label, measure (the source's
code), one column `a_<AXIS CODE>` per axis of the dataset (the source's code, "" for the total), value (as printed,
stripped) and quality ("" where none); where an answer is a bundle also `member`, the part that a cell
stands in; where a reader makes `value` out of another text (thousands marks, thousands for ones) also `printed`, that
text, blanks in it as plain ones. Codes are known to the dataset's file; regions are not yet checked.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pyarrow as pa

    from integrationsmonitor.dataset import Dataset

# As many digits as an observation can hold; anything longer is no number of these statistics. "-0" is none
# either: it is a sign with a figure at its side, and a sign never becomes 0 by itself.
NUMBER = re.compile(r"(-(?!0+\Z))?[0-9]{1,12}(,[0-9]{1,6})?")
# The offices' marks: final, provisional, corrected, estimated; brackets: limited certainty.
QUALITIES = frozenset({"", "e", "p", "r", "s", "()"})

# Opens the bytes of an answer anew from their start: a large one need never stand in memory as a whole.
Source = Callable[[], IO[bytes]]


class Answer(NamedTuple):
    """Cells of one file and what the file says of itself.

    `layout` is ffcsv, csv, xlsx, ba_json, ba_csv, tls_csv or table; `stand` the aware moment from which the figures are
    known, if the file says so; `sheet` the worksheet of a workbook.
    """

    cells: pa.Table
    layout: str
    stand: datetime | None
    member: str
    sheet: str | None = None


def printed(number: float) -> str:
    """A number of a workbook as its sheet prints it: whole ones without decimals, a decimal comma.

    More than 15 digits are no digits but what binary numbers leave behind: 10.600000000000001 is 10,6.
    """
    text = f"{Decimal(f'{number:.15g}'):f}"
    return "0" if text == "-0" else text.replace(".", ",")


def in_memory(data: bytes) -> Source:
    """Bytes at hand as a source."""
    return partial(io.BytesIO, data)


def cell_columns(dataset: Dataset) -> list[str]:
    """Names of the columns of `cells` for a dataset, in order."""
    axes = [f"a_{axis.code}" for axis in dataset.axes]
    return ["line", "col", "time", "region_code", "region_label", "measure", *axes, "value", "quality"]
