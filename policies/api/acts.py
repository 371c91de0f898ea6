"""The acts that end a policy or let it begin again, each with the form and service of its page."""

from office import clock
from office.api.acts import RecordAct, act_paths
from policies import selectors
from policies.api.policies import TAG, PolicyBody, policy_of
from policies.models import Policy
from policies.views.acts import ACTS


class PolicyAct(RecordAct):
    """Perform one act on a policy. The services decide; the view only carries."""

    scope = "policies"
    noun, plural, tag = "policy", "policies", TAG
    model, response, acts = Policy, PolicyBody, ACTS

    def record(self, request, number):
        return policy_of(request, number)

    def form_options(self, request, record, form_class):
        return {"policy": record, "user": request.user}

    def arguments(self, request, form, record):
        return form.arguments()

    def answer(self, request, number):
        policy = policy_of(request, number)
        policy.cover = selectors.as_of(policy, selectors.day_to_show(policy), clock.now())
        return PolicyBody(policy, context={"number": policy.number}).data


urlpatterns = act_paths(PolicyAct)
