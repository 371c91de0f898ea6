"""What a customer's events say about the person: sealed with that person's own key.

The events are append-only and chained by hash, so they can never be rewritten. Their personal
facts are therefore ciphertext under a key that lies on the customer's row: without the key they
are noise, and the chain still verifies.
"""

import json
from base64 import b64decode, b64encode
from typing import Any

from office import vault

KEY_PLACE = "customers_customer.file_key"
FACTS_PLACE = "customers_customerevent.facts"


def place_of_key(number: str) -> str:
    """What the key of a history is sealed for."""
    return f"{KEY_PLACE}:{number}"


def sealed_key(number: str) -> bytes:
    return vault.new_key(aad=place_of_key(number))


def sealed_facts(customer: Any, facts: dict[str, Any]) -> str:
    """Facts as base64 for an event's JSON."""
    text = json.dumps(facts, ensure_ascii=False)
    sealed = vault.seal(text, aad=f"{FACTS_PLACE}:{customer.number}", key=_key_of(customer))
    return b64encode(sealed).decode()


def open_facts(customer: Any, sealed: str) -> dict[str, Any]:
    place = f"{FACTS_PLACE}:{customer.number}"
    facts: dict[str, Any] = json.loads(
        vault.open(b64decode(sealed), aad=place, key=_key_of(customer))
    )
    return facts


def _key_of(customer: Any) -> bytes:
    return vault.open_key(customer.file_key, aad=place_of_key(customer.number))
