"""Policies to change, and changes of them, for the tests of time."""

import copy
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from unittest import mock

from office import clock
from office.enums import AuthorityKind
from office.models import AuthorityLimit
from policies import services
from policies.catalogue import ProductDefinition
from policies.models import ProductVersion
from policies.selectors import product_definition
from tests import factories
from tests.policies.histories import adding, removing, setting

__all__ = [
    "adding",
    "may_go_back",
    "policy_worth",
    "priced_by_value",
    "removing",
    "second_vehicle",
    "setting",
]

USE, VALUE, MILES = (f"risk.vehicles.v1.{name}" for name in ("use", "value", "annual_miles"))


def may_go_back(user, days: int) -> AuthorityLimit:
    """Authority to change a policy for a day so many days ago."""
    return AuthorityLimit.objects.create(
        kind=AuthorityKind.BACKDATING,
        user=user,
        amount=Decimal(days),
        valid_from=date(2016, 1, 1),
    )


def second_vehicle(key: str = "v2", **changes) -> dict:
    """A vehicle to add, driven by the driver who is there."""
    vehicle = copy.deepcopy(factories.risk()["vehicles"][0])
    return {**vehicle, "key": key, "vin": "5YJ3E1EA0KF000316", "make": "Tesla", **changes}


def with_vehicle(vehicle: dict, coverages: list[dict]) -> list[dict]:
    """The patch that adds a vehicle with its coverages."""
    return [
        adding("risk.vehicles", vehicle),
        *(adding("coverages", row) for row in coverages if row["item"] == vehicle["key"]),
    ]


@contextmanager
def shipped(*definitions: ProductDefinition):
    """Only these products are in the folder that the catalogue is loaded from."""
    with mock.patch(
        "policies.services.publishing.catalogue.load_folder", return_value=list(definitions)
    ):
        yield


def priced_by_value(*values: int) -> ProductVersion:
    """Personal auto of one coverage, whose premium is the vehicle's value in dollars, untaxed."""
    definition = product_definition(factories.version("BIND-PA")).to_json()
    definition["code"], definition["number_prefix"] = "BIND-VAL", "VA"
    definition["effective_from"] = "2016-01-01"
    (damage,) = (one for one in definition["coverages"] if one["code"] == "PD")
    definition["coverages"] = [{**damage, "mandatory": []}]
    definition["taxes_and_fees"] = {"US-CA": []}
    vehicle = definition["risk_schema"]["properties"]["vehicles"]["items"]["properties"]
    vehicle["value"]["minimum"] = 1
    definition["rating"] = {
        "version": "2016-01",
        "term_factor": "1",
        "round": {"places": 2, "mode": "half_even"},
        "inputs": {},
        "tables": {
            "base": {
                "version": "2016-01",
                "kind": "exact",
                "keys": ["value"],
                "rows": [[str(value), f"{value}.00"] for value in values],
            }
        },
        "steps": [
            {
                "code": "base",
                "name": {"en": "Base rate", "es": "Tarifa base"},
                "kind": "base",
                "table": "base",
                "inputs": ["item.value"],
            }
        ],
    }
    with shipped(ProductDefinition.from_json(definition)):
        (published,) = services.load_catalogue(by=factories.office())
    return published


def policy_worth(*values: int, from_on: date):
    """A policy of `priced_by_value`, issued on its first day with the first of the values."""
    version = priced_by_value(*values)
    owner = factories.customer()
    risk = factories.risk()
    risk["vehicles"][0]["value"] = values[0]
    with clock.travel(datetime.combine(from_on, time(18), UTC) - timedelta(days=9)):
        return services.issue_policy(
            version=version,
            customer=owner,
            agent=None,
            risk=risk,
            coverages=[
                {"key": "v1:PD", "coverage": "PD", "item": "v1", "limit": "50000", "deductible": ""}
            ],
            valid_from=from_on,
            jurisdiction="US-CA",
            address=factories.current_address(owner),
            pay_plan="full",
            by=factories.person("policy_administrator"),
        )
