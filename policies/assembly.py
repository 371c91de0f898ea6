"""Which forms a contract needs, and in which edition each may be issued. Pure.

A form that the term has already stays as it was issued: a change adds what is new.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from policies.catalogue.parts import Form


class Lack(StrEnum):
    """Why a form that is needed cannot be issued."""

    UNKNOWN = "unknown"  # the register has no such form
    NOT_IN_USE = "not_in_use"  # no edition is in use on the day
    NOT_REVIEWED = "not_reviewed"  # the legal department has not approved it
    NOT_FILED = "not_filed"  # no filing is in effect in the state


@dataclass(frozen=True, slots=True)
class Filed:
    """A filing that names an edition: from when on it may be used where, if it may."""

    key: int
    jurisdiction: str
    effective_on: date
    may_use: bool


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a form as the register has it, in use over `[from, to)`, open without `to`."""

    key: int
    number: str
    edition: str
    in_use_from: date
    in_use_to: date | None
    is_approved: bool
    filings: tuple[Filed, ...]

    def is_in_use(self, on: date) -> bool:
        return self.in_use_from <= on and (self.in_use_to is None or on < self.in_use_to)

    def filing_for(self, jurisdiction: str, on: date) -> Filed | None:
        """The filing under which it is issued there: of several the one that took effect last."""
        found = [
            one
            for one in self.filings
            if one.may_use and one.jurisdiction == jurisdiction and one.effective_on <= on
        ]
        return max(found, key=lambda one: (one.effective_on, one.key), default=None)


@dataclass(frozen=True, slots=True)
class Chosen:
    number: str
    edition: Edition
    filing: Filed


@dataclass(frozen=True, slots=True)
class Missing:
    number: str
    why: Lack


@dataclass(frozen=True, slots=True)
class Assembly:
    chosen: tuple[Chosen, ...]
    missing: tuple[Missing, ...]


def forms_needed(forms: Iterable[Form], coverages: Collection[str]) -> list[Form]:
    """The forms of a product that these coverages require, in the product's order."""
    return [form for form in forms if not form.coverages or set(form.coverages) & set(coverages)]


def assemble(
    numbers: Iterable[str],
    register: Mapping[str, Collection[Edition]],
    *,
    jurisdiction: str,
    on: date,
    held: Collection[str] = (),
) -> Assembly:
    """For each form that is needed and not held, the latest edition that may be issued there.

    An edition that is not yet filed in a state leaves the one before it in use there.
    """
    found = [
        _choose(number, register.get(number, ()), jurisdiction, on)
        for number in numbers
        if number not in held
    ]
    return Assembly(
        tuple(one for one in found if isinstance(one, Chosen)),
        tuple(one for one in found if isinstance(one, Missing)),
    )


def _choose(
    number: str, editions: Collection[Edition], jurisdiction: str, on: date
) -> Chosen | Missing:
    in_use = sorted(
        (one for one in editions if one.is_in_use(on)),
        key=lambda one: (one.in_use_from, one.key),
        reverse=True,
    )
    approved = [one for one in in_use if one.is_approved]
    for edition in approved:
        filing = edition.filing_for(jurisdiction, on)
        if filing is not None:
            return Chosen(number, edition, filing)
    if approved:
        return Missing(number, Lack.NOT_FILED)
    if in_use:
        return Missing(number, Lack.NOT_REVIEWED)
    return Missing(number, Lack.NOT_IN_USE if editions else Lack.UNKNOWN)
