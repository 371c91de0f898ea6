"""How a policy ends."""

from office import workflow
from office.models import User
from policies.models import Policy


def expire_policy(*, policy: Policy, by: User, note: str = "") -> Policy:
    """Let a policy end with its last term."""
    return workflow.move(policy, "expire", by=by, note=note)
