"""What rating answers."""

from decimal import Decimal
from typing import NamedTuple

from office import money
from policies.rating.plan import Json, Names
from policies.rating.steps import CompiledStep, Run

Selection = Json
BUCKET, LOWEST, HIGHEST = 5, -50, 100  # per cent, of a distribution of changes and its ends


class Levy(NamedTuple):
    """A tax or a fee in cents."""

    code: str
    kind: str
    amount: Decimal
    names: Names


class CoverageAmount(NamedTuple):
    """The premium of one coverage for one item ("" for the policy) over a whole term."""

    item: str
    coverage: str
    premium: Decimal


class Rated(NamedTuple):
    premium: Decimal
    taxes: tuple[Levy, ...]
    fees: tuple[Levy, ...]
    total: Decimal
    amounts: tuple[CoverageAmount, ...]

    @property
    def tax(self) -> Decimal:
        return sum((levy.amount for levy in self.taxes), money.ZERO)

    @property
    def fee(self) -> Decimal:
        return sum((levy.amount for levy in self.fees), money.ZERO)


class Chain(NamedTuple):
    """One coverage in one jurisdiction: its steps, and the closures that run them."""

    per: str
    runs: tuple[Run, ...]
    steps: tuple[CompiledStep, ...]


class Line(NamedTuple):
    """One line of a worksheet; `factor` is empty where the line only carries a sum."""

    step: str
    names: Names
    table: str
    table_version: str
    item: str
    coverage: str
    input: str
    factor: Decimal | None
    amount: Decimal

    def to_json(self) -> dict[str, object]:
        factor = "" if self.factor is None else str(self.factor)
        return {**self._asdict(), "factor": factor, "amount": str(self.amount)}


class Worksheet(NamedTuple):
    """How every cent came to be; the last running amount is `rated.total`."""

    lines: tuple[Line, ...]
    rated: Rated

    def to_json(self) -> list[dict[str, object]]:
        return [line.to_json() for line in self.lines]
