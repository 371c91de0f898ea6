"""Every act on a claim as an address of its own, with the form and service of its page."""

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from claims.api.bodies import ClaimBody, body_of
from claims.api.doors import TAG, claim_of
from claims.models import Claim
from claims.views import ACTS
from office.api import serializer_of
from office.api.acts import RecordAct, act_paths
from office.forms import receive_all

# Those whose answer it is give no evidence of it; of staff the service demands it.
OPTIONAL = ("evidence",)
# How a program names people: customers and staff by what they are known by, not by a key.
KEYS = {"claimant": "number", "adjuster": "email"}


class ClaimAct(RecordAct):
    """Perform one act on a claim. The services decide; the view only carries."""

    scope = "claims"
    noun, plural, tag = "claim", "claims", TAG
    model, response, acts = Claim, ClaimBody, ACTS

    @classmethod
    def body_of(cls, form_class, name):
        return serializer_of(form_class, name, optional=OPTIONAL, **_named(form_class))

    def record(self, request, number):
        return claim_of(request, number)

    def form_options(self, request, record, form_class):
        return {
            "optional": [name for name in OPTIONAL if name in form_class.base_fields],
            "keys": KEYS,
            "claim": record,
            "user": request.user,
        }

    def arguments(self, request, form, record):
        arguments = form.arguments()
        if "uploads" in arguments:
            arguments["uploads"] = receive_all(
                form, "uploads", by=request.user, source=record.source
            )
            if form.errors:
                raise ValidationError(form.errors)
        return arguments

    def answer(self, request, number):
        return body_of(claim_of(request, number), request.user)


def _named(form_class):
    """Serializer fields for the people whom the form would name by their primary key."""
    return {
        name: serializers.CharField(max_length=254, help_text=f"By {key}.")
        for name, key in KEYS.items()
        if name in form_class.base_fields
    }


urlpatterns = act_paths(ClaimAct)
