"""Exactly what an offer says, and the hash that an answer must quote."""

import hashlib
import json

from policies.catalogue import label


def offer_content(claim, settlement, reasons):
    """Exactly what is offered, as plain values: the offer's hash is taken over this."""
    return {
        "claim": claim.number,
        "cycle": settlement.cycle,
        "claimant": settlement.claimant.number,
        "amount": str(settlement.amount),
        "currency": "USD",
        "is_partial": settlement.is_partial,
        "items": [
            {
                "coverage": item.exposure.coverage,
                "item": item.exposure.item,
                "name": label(item.exposure.names, settlement.claimant.language),
                "figures": item.figures,
                "amount": str(item.amount),
            }
            for item in settlement.all_items()
        ],
        "reasons": reasons,
    }


def content_hash(content):
    """SHA-256 over the canonical JSON of an offer, as hexadecimal text."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
