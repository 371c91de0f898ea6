"""What every API of the office shares: keys, scopes, forms, problems; its lists are in `pages`.

The framework's settings name classes of this package, so it may not import the framework's views.
"""

from office.api.acting import (
    Action,
    JSONParser,
    act_schema,
    actions_of,
    idempotency_key,
    own_key,
    repeatable,
)
from office.api.doors import ApiKeyAuthentication, ApiKeyScheme, HasScope
from office.api.forms import Moment, cleaned, filled, filters_of, serializer_of
from office.api.problems import problem, problem_details
from office.api.rendering import JSONRenderer
from office.api.schema import document_problems

__all__ = [
    "Action",
    "ApiKeyAuthentication",
    "ApiKeyScheme",
    "HasScope",
    "JSONParser",
    "JSONRenderer",
    "Moment",
    "act_schema",
    "actions_of",
    "cleaned",
    "document_problems",
    "filled",
    "filters_of",
    "idempotency_key",
    "own_key",
    "problem",
    "problem_details",
    "repeatable",
    "serializer_of",
]
