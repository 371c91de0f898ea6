"""A policy: its state, who may move it, and its events."""

from decimal import Decimal

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, Subquery
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import FSMField, transition

from customers.models import Agent, Customer
from office import authority, clock
from office.enums import AuthorityKind
from office.exceptions import Refused
from office.models import Event, Recorded
from policies import rules
from policies.enums import CHANGEABLE, PolicyState
from policies.models.product import Product


class PolicyQuerySet(models.QuerySet):
    def for_user(self, user):
        """Staff with the grant see all; a customer and an agent see their own; nobody else any."""
        if rules.may_view_every_policy(user):
            return self
        if not user.is_authenticated or not user.is_active:
            return self.none()
        # Each side by its index: an OR across joins would read every policy.
        customer = Customer.objects.filter(login=user).values("pk")
        agent = Agent.objects.filter(user=user).values("pk")
        return self.filter(Q(customer_id=Subquery(customer[:1])) | Q(agent_id=Subquery(agent[:1])))

    def in_force(self):
        return self.filter(state=PolicyState.IN_FORCE)


class Policy(Recorded):
    number = models.CharField(max_length=24, unique=True)
    product = models.ForeignKey(Product, models.PROTECT, related_name="policies")
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="policies")
    agent = models.ForeignKey(
        "customers.Agent", models.PROTECT, null=True, blank=True, related_name="policies"
    )
    address = models.ForeignKey("customers.Address", models.PROTECT, related_name="+")
    jurisdiction = models.CharField(max_length=8)
    time_zone = models.CharField(max_length=64)
    state = FSMField(
        default="", choices=PolicyState.choices, protected=True, max_length=24, editable=False
    )

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = gettext_lazy("policy"), gettext_lazy("policies")
        permissions = [
            ("view_own_policy", "Can see the policies that they sold"),
            ("issue_policy", "Can issue policies"),
            ("expire_policy", "Can let policies expire"),
            ("endorse_policy", "Can change policies in mid-term"),
            ("reverse_policy", "Can take back changes of policies"),
        ]
        indexes = [
            models.Index(fields=["customer"], name="policy_customer"),
            GinIndex(fields=["number"], opclasses=["gin_trgm_ops"], name="policy_search"),
            models.Index(fields=["state", "-number"], name="policy_state_number"),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("policies:detail", args=[self.number])

    @transition(
        state,
        source=[""],
        target=PolicyState.IN_FORCE,
        permission=rules.may_issue,
        custom={"label": gettext_lazy("Issue"), "icon": "shield-check"},
    )
    def issue(self, *, by, at):
        """Nothing to check on the record itself: the service rates and writes the term."""

    @transition(
        state,
        source=[PolicyState.IN_FORCE],
        target=PolicyState.EXPIRED,
        permission=rules.may_expire,
        custom={"label": gettext_lazy("Let it expire"), "icon": "hourglass"},
    )
    def expire(self, *, by, at):
        last = self.terms.order_by("-sequence").first()
        if clock.day_of(at, self.time_zone) < last.valid_to:
            raise Refused(
                _("Cover runs until %(day)s, so the policy cannot expire before.")
                % {"day": formats.date_format(last.valid_to)}
            )

    @transition(
        state,
        source=sorted(CHANGEABLE),
        target=None,
        permission=rules.may_endorse,
        custom={"label": gettext_lazy("Change the policy"), "icon": "file-pen", "primary": True},
    )
    def endorse(self, *, by, at, effective_on):
        self.require_backdating(by=by, at=at, effective_on=effective_on)

    @transition(
        state,
        source=sorted(CHANGEABLE),
        target=None,
        permission=rules.may_reverse,
        custom={"label": gettext_lazy("Take a change back"), "icon": "undo-2", "hidden": True},
    )
    def reverse(self, *, by, at, effective_on):
        self.require_backdating(by=by, at=at, effective_on=effective_on)

    def require_backdating(self, *, by, at, effective_on):
        """A change for a day that has passed is a decision: up to how many days is authority."""
        days = (clock.day_of(at, self.time_zone) - effective_on).days
        if days > 0:
            authority.require(
                by=by,
                kind=AuthorityKind.BACKDATING,
                amount=Decimal(days),
                on=clock.day_of(at),
                line=self.product.line,
                product=self.product_id,
                jurisdiction=self.jurisdiction,
            )


class PolicyEvent(Event):
    record = models.ForeignKey(Policy, models.PROTECT, related_name="events")

    label: str  # the act in the reader's words, filled for a page
