"""Records in the state a test needs, each brought there by the office's own services."""

from tests.claims.scenes import claim_at, policy_in_force

__all__ = ["claim_at", "policy_in_force"]
