"""Columns of a book: categorical inputs as codes of a short list, numbers as scaled integers.

A row whose input is missing, cannot be read, or does not fit is marked, never guessed: whoever
rates the book hands it to the engine alone. Columns go to bytes and back, to be kept.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.rating.book.arithmetic import BOUND, MOST_SCALE, Integers, Mask, scale_of

Entry = str | int | bool | None
MOST_NUMBER = BOUND // 10**MOST_SCALE


@dataclass(frozen=True)
class Codes:
    """`entries[codes[row]]` is the value of a row; the entry None marks an unfit one."""

    entries: tuple[Entry, ...]
    codes: NDArray[Any]

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def of(cls, values: Iterable[Any]) -> "Codes":
        """Texts, truth values and whole numbers keep what they are; anything else is unfit."""
        known: dict[tuple[type, Entry], int] = {}
        codes = []
        for value in values:
            kind = type(value)
            entry = value if kind in (str, int, bool) else None
            codes.append(known.setdefault((kind if entry is not None else str, entry), len(known)))
        entries = tuple(entry for _kind, entry in known)
        return cls(entries, np.array(codes, _narrowest(len(entries))))

    @classmethod
    def join(cls, parts: Sequence["Codes"]) -> "Codes":
        """The rows of all parts, with one list of entries."""
        known: dict[tuple[type, Entry], int] = {}
        mapped = []
        for part in parts:
            places = [known.setdefault((type(e), e), len(known)) for e in part.entries]
            mapped.append((part, places))
        entries = tuple(entry for _kind, entry in known)
        kind = _narrowest(len(entries))
        return cls(
            entries,
            np.concatenate(
                [np.array(places or [0], kind)[part.codes] for part, places in mapped]
                or [np.empty(0, kind)]
            ),
        )

    def to_bytes(self) -> bytes:
        return _sealed({"entries": self.entries, "type": self.codes.dtype.str}, self.codes)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Codes":
        head, rest = _opened(data)
        return cls(tuple(head["entries"]), np.frombuffer(rest, head["type"]))


@dataclass(frozen=True)
class Numbers:
    """`values[row]` is an integer of 10**-scale; `unfit` marks rows without a usable number."""

    values: Integers
    scale: int
    unfit: Mask | None

    def __len__(self) -> int:
        return len(self.values)

    @classmethod
    def of(cls, values: Iterable[Any]) -> "Numbers":
        values = [value if _is_number(value) else None for value in values]
        decimals = {value for value in values if isinstance(value, Decimal)}
        scale = max(map(scale_of, decimals), default=0)
        unit = 10**scale
        numbers = [0 if value is None else int(value * unit) for value in values]
        unfit = np.array([value is None for value in values], bool)
        return cls(np.array(numbers, np.int64), scale, unfit if unfit.any() else None)

    @classmethod
    def join(cls, parts: Sequence["Numbers"]) -> "Numbers":
        scale = max((part.scale for part in parts), default=0)
        values = [part.values * 10 ** (scale - part.scale) for part in parts]
        unfit = None
        if any(part.unfit is not None for part in parts):
            unfit = np.concatenate(
                [np.zeros(len(p), bool) if p.unfit is None else p.unfit for p in parts]
            )
        return cls(np.concatenate(values or [np.empty(0, np.int64)]), scale, unfit)

    def to_bytes(self) -> bytes:
        flags = b"" if self.unfit is None else np.packbits(self.unfit).tobytes()
        least, most = _ends(self.values)
        kind = np.result_type(np.min_scalar_type(least), np.min_scalar_type(most))
        narrow = self.values.astype(kind if kind.kind in "iu" else np.int64)
        head = {"scale": self.scale, "type": narrow.dtype.str, "flags": len(flags)}
        return _sealed(head, narrow) + flags

    @classmethod
    def from_bytes(cls, data: bytes) -> "Numbers":
        head, rest = _opened(data)
        cut = len(rest) - head["flags"]
        values = np.frombuffer(rest[:cut], head["type"]).astype(np.int64)
        if not head["flags"]:
            return cls(values, head["scale"], None)
        bits = np.unpackbits(np.frombuffer(rest[cut:], np.uint8), count=len(values))
        return cls(values, head["scale"], bits.astype(bool))


Column = Codes | Numbers


def column_from(data: bytes) -> Column:
    """A column out of its bytes: their head says which of the two it is."""
    head, _rows = _opened(data)
    return Codes.from_bytes(data) if "entries" in head else Numbers.from_bytes(data)


def _is_number(value: Any) -> bool:
    """A whole number or a Decimal that scaled integers hold without loss."""
    if type(value) is int:
        return abs(value) < MOST_NUMBER
    if not isinstance(value, Decimal) or not value.is_finite():
        return False
    return abs(value) < MOST_NUMBER and scale_of(value) <= MOST_SCALE


def _narrowest(count: int) -> Any:
    return np.min_scalar_type(max(count - 1, 0))


def _ends(values: Integers) -> tuple[int, int]:
    return (int(values.min()), int(values.max())) if values.size else (0, 0)


def _sealed(head: dict[str, Any], rows: NDArray[Any]) -> bytes:
    """The length of the head, the head as JSON, the rows."""
    text = json.dumps(head, ensure_ascii=False).encode()
    return len(text).to_bytes(4, "little") + text + rows.tobytes()


def _opened(data: bytes) -> tuple[dict[str, Any], memoryview]:
    end = 4 + int.from_bytes(data[:4], "little")
    return json.loads(data[4:end]), memoryview(data)[end:]
