"""A policy: its state, who may move it, and its events."""

from decimal import Decimal

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q, Subquery
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import RETURN_VALUE, FSMField, transition

from customers.models import Agent, Customer
from office import authority, clock
from office.enums import AuthorityKind
from office.exceptions import Refused
from office.models import Event, Recorded
from policies import notices, rules
from policies.enums import CHANGEABLE, OPEN, PolicyState, TransactionKind
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
        """On risk: also those whose end is announced, until it takes effect."""
        return self.filter(state__in=OPEN)


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
            ("cancel_policy", "Can cancel policies at the policyholder's wish"),
            ("cancel_policy_for_carrier", "Can cancel policies for the carrier"),
            ("reinstate_policy", "Can reinstate cancelled policies"),
            ("nonrenew_policy", "Can decide that a policy is not renewed"),
            ("renew_policy", "Can renew policies"),
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
        target=RETURN_VALUE(PolicyState.PENDING_CANCELLATION, PolicyState.CANCELLED),
        permission=rules.may_cancel,
        custom={"label": gettext_lazy("Cancel the policy"), "icon": "ban"},
    )
    def cancel(self, *, by, at, cancellation):
        """At once where the day has come or the term has not begun; else announced."""
        if not rules.may_cancel_as(self, cancellation.side, by):
            raise PermissionDenied(_("You may not cancel a policy for that side."))
        cancellation.demand_reason()
        today = clock.day_of(at, self.time_zone)
        if rules.is_holder(self, by) and cancellation.effective_on < today:
            raise Refused(
                _("The policy can end today or later; for an earlier day ask your agent or us."),
                field="effective_on",
            )
        self._demand_notice(cancellation, today)
        is_flat = cancellation.effective_on == cancellation.term.valid_from
        if is_flat or cancellation.effective_on <= today:
            return PolicyState.CANCELLED
        return PolicyState.PENDING_CANCELLATION

    def _demand_notice(self, cancellation, today):
        if cancellation.noticed_on > today:
            raise Refused(_("The notice cannot have been given after today."), field="noticed_on")
        self._demand_day(cancellation)
        product = self.product
        notice = notices.check_cancellation(
            notices.Place(self.jurisdiction, product.line, product.kind),
            side=cancellation.side,
            reason=cancellation.reason,
            noticed_on=cancellation.noticed_on,
            effective_on=cancellation.effective_on,
            in_force_since=self.terms.order_by("sequence").first().valid_from,
            has_proof=bool(cancellation.proof.strip()),
        )
        cancellation.days, cancellation.citation = notice.days, notice.citation

    def _demand_day(self, cancellation):
        """Nothing that was reinstated later may be pulled away from under its cover."""
        again = (
            cancellation.term.transactions.filter(
                kind=TransactionKind.REINSTATEMENT,
                effective_on__gt=cancellation.effective_on,
                reversed_by=None,
            )
            .order_by("effective_on")
            .last()
        )
        if again:
            raise Refused(
                _("Cover was taken up again on %(day)s, so it cannot end before.")
                % {"day": formats.date_format(again.effective_on)},
                field="effective_on",
            )

    @transition(
        state,
        source=[PolicyState.PENDING_CANCELLATION],
        target=PolicyState.CANCELLED,
        permission=rules.is_office,
        custom={"label": gettext_lazy("Cancellation took effect"), "icon": "ban"},
    )
    def take_effect(self, *, by, at, cancellation):
        if clock.day_of(at, self.time_zone) < cancellation.effective_on:
            raise Refused(
                _("The policy is covered until %(day)s.")
                % {"day": formats.date_format(cancellation.effective_on)}
            )

    @transition(
        state,
        source=[PolicyState.PENDING_CANCELLATION],
        target=PolicyState.IN_FORCE,
        permission=rules.may_rescind,
        custom={"label": gettext_lazy("Withdraw the notice"), "icon": "undo-2"},
    )
    def rescind(self, *, by, at):
        """The notice is taken back; cover goes on as if nothing had been said."""

    @transition(
        state,
        source=[PolicyState.CANCELLED],
        target=PolicyState.IN_FORCE,
        permission=rules.may_reinstate,
        custom={"label": gettext_lazy("Reinstate"), "icon": "rotate-ccw"},
    )
    def reinstate(self, *, by, at, ended_on, from_on, statement, window):
        """Within the product's window; who closes a gap in the past states that nothing happened.

        `window` is the product's `Reinstatement`.
        """
        today = clock.day_of(at, self.time_zone)
        passed = (today - ended_on).days
        if passed > window.within_days:
            raise Refused(
                _("Cover ended on %(day)s; it can be taken up again within %(days)d days.")
                % {"day": formats.date_format(ended_on), "days": window.within_days}
            )
        if not ended_on <= from_on <= max(today, ended_on):
            raise Refused(
                _("Cover can begin again on the day it ended, or later up to today."),
                field="from_on",
            )
        if from_on == ended_on and passed > window.without_lapse_days:
            raise Refused(
                _("After %(days)d days the gap stays open: choose a later day.")
                % {"days": window.without_lapse_days},
                field="from_on",
            )
        if from_on < today and not statement.strip():
            raise Refused(
                _("Cover is to reach back: write down who states that no loss has happened."),
                field="statement",
            )

    @transition(
        state,
        source=[PolicyState.IN_FORCE, PolicyState.PENDING_CANCELLATION],
        target=None,
        permission=rules.may_nonrenew,
        custom={"label": gettext_lazy("Do not renew"), "icon": "calendar-x"},
    )
    def nonrenew(self, *, by, at, term, noticed_on):
        if noticed_on > clock.day_of(at, self.time_zone):
            raise Refused(_("The notice cannot have been given after today."), field="noticed_on")
        if hasattr(term, "nonrenewal"):
            raise Refused(_("It is decided already that this term is not renewed."))

    @transition(
        state,
        source=[PolicyState.IN_FORCE],
        target=None,
        permission=rules.may_renew,
        custom={"label": gettext_lazy("Renew"), "icon": "refresh-cw"},
    )
    def renew(self, *, by, at, sequence):
        """Once for each term; the database holds one term of a sequence besides."""
        last = self.terms.order_by("-sequence").first()
        if last.sequence + 1 != sequence:
            raise Refused(_("This policy is renewed already."))
        if hasattr(last, "nonrenewal"):
            raise Refused(_("It was decided that this policy is not renewed."))

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
