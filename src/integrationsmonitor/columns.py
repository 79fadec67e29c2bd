"""Columns as words and index. Comes in: an Arrow column. Goes out: its distinct words, and look-ups by their number.

Every column of a table of statistics repeats few words. Judging them one by one and looking the result up costs a line
a few integer operations, however long the judgement takes.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    import pyarrow as pa

_SMALL = 5_000_000
_LARGEST = 2**63 - 1


class Column:
    """Words and an index into them, one entry per line."""

    def __init__(self, words: list[Any], index: np.ndarray[Any, Any]) -> None:
        self.words, self.index = words, index

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> Column:
        """Dictionary-encode an Arrow column, if it is not."""
        import pyarrow as pa

        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        whole = column if column.num_chunks == 1 else column.unify_dictionaries().combine_chunks()
        array = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
        return cls(array.dictionary.to_pylist(), array.indices.to_numpy())

    def as_arrow(self) -> pa.DictionaryArray:
        """The same as an Arrow column in one piece, so that nobody need unify it again."""
        import pyarrow as pa

        return pa.DictionaryArray.from_arrays(pa.array(self.index), pa.array(self.words, pa.string()))

    def first_lines(self) -> list[int]:
        """The first entry that holds each word; -1 where none does."""
        import numpy as np

        first: Any = np.full(len(self.words), -1, dtype=np.int64)
        first[self.index[::-1]] = np.arange(len(self.index) - 1, -1, -1)
        return [int(place) for place in first]

    def used(self) -> list[tuple[int, Any, int]]:
        """Number, word and first entry of each word that occurs, in the order of occurrence."""
        found = [(place, number) for number, place in enumerate(self.first_lines()) if place >= 0]
        return [(number, self.words[number], place) for place, number in sorted(found)]

    def kept(self, rows: np.ndarray[Any, Any]) -> Column:
        """The same words for some of the lines."""
        return Column(self.words, self.index[rows])

    def look_up(self, table: Sequence[Any], dtype: Any) -> np.ndarray[Any, Any]:
        """One entry of `table` per line, by the word's number."""
        import numpy as np

        found: np.ndarray[Any, Any] = np.asarray(table, dtype=dtype)[self.index]
        return found

    def mapped(self, translate: Callable[[int], str | None]) -> pa.DictionaryArray:
        """An Arrow column with other words."""
        import pyarrow as pa

        words = [translate(number) for number in range(len(self.words))]
        distinct = list(dict.fromkeys(word for word in words if word is not None))
        places = {word: number for number, word in enumerate(distinct)}
        index = self.look_up([places.get(word, -1) if word is not None else -1 for word in words], _narrow(distinct))
        mask = index < 0
        return pa.DictionaryArray.from_arrays(pa.array(index, mask=mask if mask.any() else None), pa.array(distinct))


def keys_of(columns: Sequence[Column]) -> np.ndarray[Any, Any]:
    """One number per line that stands for the tuple of its words (mixed radix, first column most significant).

    Raises OverflowError where 64 bits cannot number all tuples: two of them would look like the same cell.
    """
    import numpy as np

    if math.prod(len(column.words) for column in columns) > _LARGEST:
        raise OverflowError(f"more than {_LARGEST:,} possible tuples of {len(columns)} columns")
    keys: np.ndarray[Any, Any] = np.zeros(len(columns[0].index), dtype=np.int64)
    for column in columns:
        keys = keys * len(column.words) + column.index
    return keys


def words_of(columns: Sequence[Column], key: int) -> tuple[Any, ...]:
    """The tuple of words that a number of `keys_of` stands for."""
    words: list[Any] = []
    for column in reversed(columns):
        key, place = divmod(key, len(column.words))
        words.append(column.words[place])
    return tuple(reversed(words))


def combine(columns: Sequence[Column]) -> Column:
    """One column whose words are the tuples of words that occur together."""
    import numpy as np

    index = keys_of(columns)
    size = math.prod(len(column.words) for column in columns)
    if size <= _SMALL:  # one mark per possible tuple is much cheaper than sorting the lines
        occurs: Any = np.zeros(size, dtype=bool)
        occurs[index] = True
        distinct = np.flatnonzero(occurs)
        numbers: Any = np.zeros(size, dtype=np.int32)
        numbers[distinct] = np.arange(len(distinct), dtype=np.int32)
        positions = numbers[index]
    else:
        distinct, positions = np.unique(index, return_inverse=True)
    words = [words_of(columns, number) for number in distinct.tolist()]
    return Column(words, positions.astype(np.int32))


def constant(word: str, rows: int) -> pa.DictionaryArray:
    """An Arrow column that holds one word throughout."""
    import numpy as np
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, dtype=np.int8)), pa.array([word]))


def _narrow(words: Sequence[Any]) -> str:
    """The smallest integer type that can number the words: most columns need one byte a line, not four."""
    return "int8" if len(words) < 128 else "int32"
