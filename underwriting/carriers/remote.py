"""A carrier that answers over HTTP from its own system.

It decides what it offers and whether it wants the risk. Its price must be that of the rates which
it filed and which stand in the catalogue: a carrier may charge no other (such as Cal. Ins. Code
§ 1861.05, Fla. Stat. § 627.062), and only then is the quote worth the same when it is bound.

Waiting is bounded: each attempt by its time-outs, the attempts by their number, the whole by
`Line.seconds`. A carrier that fails again and again is not asked until it has rested.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pybreaker
import urllib3
from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator

from office.exceptions import Refused
from policies.catalogue.application import coverage_key
from underwriting import appetite
from underwriting.carriers.protocol import Answer, Question, Unreachable
from underwriting.carriers.tables import TableCarrier
from underwriting.enums import SEVERITY

FORMAT = 1
LARGEST_ANSWER = 1_000_000  # bytes
TRY_AGAIN = frozenset({429, 500, 502, 503, 504})
TEXT = {"type": "string", "maxLength": 80}
AMOUNT = {"type": "string", "pattern": r"^\d{1,12}\.\d{2}$"}
OFFER = {
    "type": "object",
    "required": ["coverages", "premium", "tax", "fees", "total"],
    "properties": {
        "coverages": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["coverage", "item", "limit", "deductible"],
                "additionalProperties": False,
                "properties": {
                    "key": TEXT,
                    "coverage": TEXT,
                    "item": TEXT,
                    "limit": TEXT,
                    "deductible": TEXT,
                },
            },
        },
        "notes": {"type": "array", "maxItems": 50, "items": {"type": "string", "maxLength": 400}},
        "premium": AMOUNT,
        "tax": AMOUNT,
        "fees": AMOUNT,
        "total": AMOUNT,
        "findings": {
            "type": "array",
            "maxItems": 100,
            "items": {
                "type": "object",
                "required": ["code", "blocks", "messages"],
                "properties": {
                    "code": {"type": "string", "maxLength": 80},
                    "blocks": {"enum": list(SEVERITY)},
                    "messages": {
                        "type": "object",
                        "required": ["en", "es"],
                        "additionalProperties": {"type": "string", "maxLength": 400},
                    },
                },
            },
        },
    },
}
VALID_OFFER = Draft202012Validator(OFFER)


@dataclass(frozen=True)
class Line:
    """How a carrier's system is reached. Seconds and attempts are limits, not wishes."""

    url: str
    key: str
    connect_seconds: float
    read_seconds: float
    attempts: int
    pause: float = 0.3  # before the second attempt; doubled before each further one

    @property
    def seconds(self) -> float:
        """The longest that one asking takes, pauses included."""
        pauses = sum(self.pause * 2**number for number in range(self.attempts - 1))
        return self.attempts * (self.connect_seconds + self.read_seconds) + pauses


@dataclass(frozen=True)
class RemoteCarrier:
    """`tables` are the carrier's filed rates, by which its answer is read and checked."""

    name: str
    line: Line
    tables: TableCarrier
    breaker: pybreaker.CircuitBreaker

    def answer(self, question: Question) -> Answer:
        try:
            told = self.breaker.call(self._ask, question)
        except pybreaker.CircuitBreakerError as error:
            raise Unreachable(
                _("%(carrier)s has failed to answer several times. Ask again in a while.")
                % {"carrier": self.name}
            ) from error
        if "refusal" in told:
            raise Refused(str(told["refusal"])[:400])
        return self._read(question, told)

    def _ask(self, question: Question) -> dict[str, Any]:
        """What the carrier's system says. Raises `Unreachable` after the last attempt."""
        ends = time.monotonic() + self.line.seconds
        body = json.dumps(self._body(question)).encode()
        with urllib3.PoolManager(retries=False) as pool:
            for attempt in range(1, self.line.attempts + 1):
                found = self._attempt(pool, question.key, body, ends)
                if found is not None:
                    return found
                if attempt < self.line.attempts:
                    time.sleep(self.line.pause * 2 ** (attempt - 1))
        raise Unreachable(_("%(carrier)s does not answer.") % {"carrier": self.name})

    def _body(self, question: Question) -> dict[str, Any]:
        definition = self.tables.definition
        return {
            "format": FORMAT,
            "product": definition.code,
            "version": definition.version,
            "jurisdiction": question.jurisdiction,
            "effective_on": question.effective_on.isoformat(),
            "risk": question.risk,
            "coverages": question.wanted,
        }

    def _attempt(
        self, pool: urllib3.PoolManager, key: str, body: bytes, ends: float
    ) -> dict[str, Any] | None:
        """The answer to one POST; None where another attempt may help."""
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self.line.key}",
            "Idempotency-Key": key,
        }
        timeout = urllib3.Timeout(connect=self.line.connect_seconds, read=self.line.read_seconds)
        try:
            response = pool.request(
                "POST",
                self.line.url,
                body=body,
                headers=headers,
                timeout=timeout,
                redirect=False,
                preload_content=False,
            )
            content = _content(response, ends)
        except (urllib3.exceptions.HTTPError, OSError):
            return None
        if response.status in TRY_AGAIN:
            return None
        if response.status not in (200, 422):
            raise Unreachable(
                _("%(carrier)s turns the office away (%(status)s). Tell the administrator.")
                % {"carrier": self.name, "status": response.status}
            )
        return self._parsed(response.status, content)

    def _parsed(self, status: int, content: bytes | None) -> dict[str, Any]:
        """200 is an offer, 422 a reasoned refusal: `{"detail": "a sentence"}`."""
        try:
            told = json.loads(content) if content is not None else None
        except ValueError:
            told = None
        if status == 422 and isinstance(told, dict) and isinstance(told.get("detail"), str):
            return {"refusal": told["detail"]}
        if status == 200 and isinstance(told, dict) and VALID_OFFER.is_valid(told):
            return told
        raise Unreachable(
            _("%(carrier)s gave an answer that cannot be read.") % {"carrier": self.name}
        )

    def _read(self, question: Question, told: Mapping[str, Any]) -> Answer:
        """The offer, priced by the filed rates, with the carrier's findings beside ours."""
        coverages = [
            {**chosen, "key": coverage_key(chosen["coverage"], chosen["item"])}
            for chosen in told["coverages"]
        ]
        filed = self.tables.price(question, coverages, list(told.get("notes", [])))
        self._refuse_other_price(told, filed)
        theirs = [
            appetite.Finding(row["code"], "", row["blocks"], row["messages"], fired=True)
            for row in told.get("findings", [])
        ]
        blocks = max(filed.blocks, appetite.worst(theirs), key=SEVERITY.index)
        trace = [*filed.trace, *(finding.as_json() for finding in theirs)]
        return replace(filed, trace=trace, blocks=blocks)

    def _refuse_other_price(self, told: Mapping[str, Any], filed: Answer) -> None:
        for name in ("premium", "tax", "fees", "total"):
            if Decimal(told[name]) != getattr(filed, name):
                raise Unreachable(
                    _(
                        "%(carrier)s asks %(asked)s where its filed rates come to %(filed)s. "
                        "Such a price cannot be offered."
                    )
                    % {"carrier": self.name, "asked": told["total"], "filed": filed.total}
                )


def _content(response: urllib3.BaseHTTPResponse, ends: float) -> bytes | None:
    """The body; None where it is too large. A body that trickles past `ends` is a time-out."""
    try:
        parts: list[bytes] = []
        size = 0
        for part in response.stream(16_384):
            parts.append(part)
            size += len(part)
            if size > LARGEST_ANSWER:
                return None
            if time.monotonic() > ends:
                raise urllib3.exceptions.TimeoutError
        return b"".join(parts)
    finally:
        response.close()
