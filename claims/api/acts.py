"""Every act on a claim as an address of its own, with the form and service of its page."""

from django.urls import path
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.views import APIView

from claims.api.bodies import ClaimBody, body_of
from claims.api.doors import TAG, claim_of
from claims.models import Claim
from claims.views import ACTS
from office import workflow
from office.api import act_schema, filled, repeatable, serializer_of
from office.forms import FilesField, receive_all

# Those whose answer it is give no evidence of it; of staff the service demands it.
OPTIONAL = ("evidence",)
# How a program names people: customers and staff by what they are known by, not by a key.
KEYS = {"claimant": "number", "adjuster": "email"}


class ClaimAct(APIView):
    """Perform one act on a claim. The services decide; the view only carries."""

    scope = "claims"
    act = ""
    body = None

    def post(self, request, number):
        return repeatable(request, lambda: self._perform(request, number))

    def _perform(self, request, number):
        claim = claim_of(request, number)
        workflow.demand_open(claim, self.act, by=request.user)
        service, form_class = ACTS[self.act]
        sent = self.body(data=request.data)
        sent.is_valid(raise_exception=True)
        form = filled(
            form_class,
            sent.validated_data,
            optional=[name for name in OPTIONAL if name in form_class.base_fields],
            keys=KEYS,
            claim=claim,
            user=request.user,
        )
        service(claim=claim, by=request.user, **_arguments(request, form, claim))
        return 200, body_of(claim_of(request, number), request.user)


def _arguments(request, form, claim):
    arguments = form.arguments()
    if "uploads" in arguments:
        arguments["uploads"] = receive_all(form, "uploads", by=request.user, source=claim.source)
        if form.errors:
            raise ValidationError(form.errors)
    return arguments


def _named(form_class):
    """Serializer fields for the people whom the form would name by their primary key."""
    return {
        name: serializers.CharField(max_length=254, help_text=f"By {key}.")
        for name, key in KEYS.items()
        if name in form_class.base_fields
    }


def _act_view(act, form_class):
    name = "Claim" + act.title().replace("_", "")
    body = serializer_of(form_class, name, optional=OPTIONAL, **_named(form_class))
    takes_files = any(isinstance(f, FilesField) for f in form_class.base_fields.values())

    @act_schema(
        f"claims_{act}",
        tag=TAG,
        request=body,
        response=ClaimBody,
        label=workflow.label_of(Claim(), act),
        media_type="multipart/form-data" if takes_files else "application/json",
    )
    def post(self, request, number):
        return ClaimAct.post(self, request, number)

    members = {"act": act, "body": body, "post": post, "__doc__": ClaimAct.__doc__}
    if takes_files:
        members["parser_classes"] = [MultiPartParser]
    return type(f"{name}View", (ClaimAct,), members).as_view()


urlpatterns = [
    path(f"claims/<slug:number>/{act}/", _act_view(act, form_class), name=f"api-claim-{act}")
    for act, (_service, form_class) in ACTS.items()
]
