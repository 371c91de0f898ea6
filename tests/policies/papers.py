"""Papers of commercial policies on their way through the checklist."""

from contextlib import contextmanager

import pytest
from django.db import transaction

from office import workflow
from policies import services
from policies.models import Issuance, Policy
from tests import factories


def bound(kind="liability", **fields) -> Issuance:
    """The papers of a policy that is bound, as the worker has opened them."""
    policy = factories.policy_in_force(kind, **fields)
    return opened(policy)


def opened(policy: Policy) -> Issuance:
    factories.work("policies.open_issuance")
    return policy.issuances.latest("pk")


def analyst(name="Pia Stone"):
    return factories.person(
        "policy_administrator", name=name, department_id="policy_administration"
    )


def confirmed(issuance: Issuance, *codes: str, by=None) -> Issuance:
    by = by or analyst()
    for code in codes:
        services.confirm_item(issuance=issuance, code=code, by=by)
    return issuance


def released(issuance: Issuance, *codes: str, by=None) -> Issuance:
    """What a person confirms, by default of a new liability policy, and the papers issued."""
    by = by or analyst()
    confirmed(issuance, *(codes or ("application", "insured")), by=by)
    return services.release_issuance(issuance=issuance, by=by)


def counsel(name="Ruth Nakamura"):
    return factories.person("legal", name=name, department_id="legal")


def acts_open(user, record) -> set[str]:
    return {move.act for move in workflow.moves_open_to(user, record)}


@contextmanager
def refuses(error, match=""):
    """What is refused leaves no trace, and the test goes on."""
    with pytest.raises(error, match=match), transaction.atomic():
        yield
