"""The acts that end a policy or let it begin again, each with the form and service of its page."""

from django.urls import path
from rest_framework.views import APIView

from office import clock, workflow
from office.api import act_schema, filled, repeatable, serializer_of
from policies import selectors
from policies.api.policies import TAG, PolicyBody, policy_of
from policies.models import Policy
from policies.views.acts import ACTS


class PolicyAct(APIView):
    """Perform one act on a policy. The services decide; the view only carries."""

    scope = "policies"
    act = ""
    body = None

    def post(self, request, number):
        return repeatable(request, lambda: self._perform(request, number))

    def _perform(self, request, number):
        policy = policy_of(request, number)
        workflow.demand_open(policy, self.act, by=request.user)
        service, form_class = ACTS[self.act]
        sent = self.body(data=request.data)
        sent.is_valid(raise_exception=True)
        form = filled(form_class, sent.validated_data, policy=policy, user=request.user)
        service(policy=policy, by=request.user, **form.arguments())
        return 200, body_of(request, number)


def body_of(request, number):
    """The policy as it stands after the act, with its cover today."""
    policy = policy_of(request, number)
    policy.cover = selectors.as_of(policy, selectors.day_to_show(policy), clock.now())
    return PolicyBody(policy, context={"number": policy.number}).data


def _act_view(act, form_class):
    name = f"Policy{act.capitalize()}"
    body = serializer_of(form_class, name)

    @act_schema(
        f"policies_{act}",
        tag=TAG,
        request=body,
        response=PolicyBody,
        label=workflow.label_of(Policy(), act),
    )
    def post(self, request, number):
        return PolicyAct.post(self, request, number)

    members = {"act": act, "body": body, "post": post, "__doc__": PolicyAct.__doc__}
    return type(f"{name}View", (PolicyAct,), members).as_view()


urlpatterns = [
    path(f"policies/<slug:number>/{act}/", _act_view(act, form_class), name=f"api-policy-{act}")
    for act, (_service, form_class) in ACTS.items()
]
