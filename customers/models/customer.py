"""The customer's own record and its history."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from customers import names, rules
from customers.enums import OPEN, CustomerKind, CustomerState
from customers.models.agents import Agent
from office.enums import Channel, Language
from office.exceptions import Refused
from office.models import Event, Recorded
from office.vault import SealedTextField


class CustomerQuerySet(models.QuerySet):
    def active(self):
        return self.filter(state=CustomerState.ACTIVE)

    def for_user(self, user):
        """Nothing by default; oneself; an agent's own customers; all for staff who may see them."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.may("customers.view_every_customer"):
            return self
        if user.may("customers.view_customer"):
            agent = Agent.objects.filter(user=user).values("pk")
            return self.filter(
                Q(agent_id=Subquery(agent[:1])) | Q(Exists(agent), created_by_id=user.pk)
            )
        return self.filter(login=user)

    def with_current_address(self):
        """Adds `city` and `jurisdiction` of the address in use, for lists."""
        from_address = self.model.addresses.rel.related_model.objects.filter(
            customer=OuterRef("pk"), is_current=True
        )
        return self.annotate(
            city=Subquery(from_address.values("city")[:1]),
            jurisdiction=Subquery(from_address.values("jurisdiction")[:1]),
        )


class Customer(Recorded):
    """A person or an organisation the office deals with. Never deleted; merged into another.

    `folded` is what a search looks in: the name, family name first, and our number, without
    capitals and accents, a blank before each word. It is unique because the number is, so it
    is also what the list is paged by. `file_key` is the key of this person's own history: without
    it what their events say about them cannot be read.
    """

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=CustomerKind)
    given_name = models.CharField(_("given name"), max_length=80, blank=True)
    family_name = models.CharField(_("family name"), max_length=80, blank=True)
    organisation_name = models.CharField(_("name of the organisation"), max_length=160, blank=True)
    display_name = models.CharField(_("name"), max_length=170, editable=False)
    folded = models.CharField(max_length=400, editable=False, unique=True, db_collation="C")
    born_on = SealedTextField(_("date of birth"), row_key="number", blank=True)
    language = models.CharField(
        _("language"), max_length=8, choices=Language, default=Language.ENGLISH
    )
    channel = models.CharField(
        _("preferred channel"), max_length=8, choices=Channel, default=Channel.EMAIL
    )
    login = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="customer",
        verbose_name=_("portal login"),
    )
    agent = models.ForeignKey(
        Agent,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="customers",
        verbose_name=_("agent"),
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_records"
    )
    file_key = models.BinaryField(editable=False)
    state = FSMField(default="", choices=CustomerState.choices, protected=True, max_length=24)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("customer"), _("customers")
        permissions = [
            ("view_every_customer", _("See all customers, not only one's own")),
            ("invite_customer", _("Invite customers to the portal")),
            ("merge_customer", _("Merge two records of one customer")),
        ]
        indexes = [
            GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="customer_search"),
            models.Index(fields=["created_by"], name="customer_of_author"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="person", organisation_name="")
                & (~Q(given_name="") | ~Q(family_name=""))
                | Q(kind="organisation", given_name="", family_name="") & ~Q(organisation_name=""),
                name="customer_has_the_name_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(state=CustomerState.MERGED, merged_into__isnull=False)
                | ~Q(state=CustomerState.MERGED) & Q(merged_into=None),
                name="customer_merged_matches_state",
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("customers:detail", args=[self.number])

    def spell(self):
        """Derive what lists show and searches read from the names."""
        self.display_name = (
            self.organisation_name or f"{self.given_name} {self.family_name}".strip()
        )
        sorted_name = self.organisation_name or f"{self.family_name} {self.given_name}"
        self.folded = f" {names.fold(sorted_name)} {names.fold(self.number)}"

    @transition(
        state,
        source=[""],
        target=CustomerState.ACTIVE,
        permission=rules.may_add,
        custom={"label": _("Add"), "icon": "user-plus"},
    )
    def add(self, *, by, at):
        """A new record begins."""
        self.demand_name()

    def demand_name(self):
        """Refuse a record without the name of its kind, and spell it for lists and searches."""
        if self.kind == CustomerKind.PERSON and not (self.given_name or self.family_name):
            raise Refused(_("A person needs a name."), field="family_name")
        if self.kind == CustomerKind.ORGANISATION and not self.organisation_name:
            raise Refused(_("An organisation needs its name."), field="organisation_name")
        self.spell()

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=rules.may_keep,
        custom={"label": _("Edit"), "icon": "pencil"},
    )
    def edit(self, *, by, at, **fields):
        for name, value in fields.items():
            setattr(self, name, value)
        self.demand_name()

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=rules.may_keep_own,
        custom={"label": _("Change the address"), "icon": "house"},
    )
    def move_house(self, *, by, at):
        """The address in use changed."""

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=rules.may_keep_own,
        custom={"label": _("Change contact details"), "icon": "phone"},
    )
    def change_contact(self, *, by, at):
        """An e-mail address or phone number was added, taken out of use or preferred."""

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=rules.may_invite,
        custom={"label": _("Invite to the portal"), "icon": "mail"},
    )
    def invite(self, *, by, at):
        if self.login_id:
            raise Refused(_("This customer already signs in to the portal."))

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=rules.may_join,
        custom={"label": _("Join the portal"), "icon": "log-in"},
    )
    def join_portal(self, *, by, at):
        if self.login_id:
            raise Refused(_("This customer already signs in to the portal."))
        self.login = by

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=rules.may_keep_own,
        custom={"label": _("Add a bank account"), "icon": "landmark"},
    )
    def add_bank_account(self, *, by, at):
        """Where money goes; it is paid to once a second person verified it."""

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=rules.may_keep_own,
        custom={"label": _("Take a bank account out of use"), "icon": "circle-minus"},
    )
    def retire_bank_account(self, *, by, at):
        """Nothing is paid to this account any more."""

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=rules.may_verify_bank_account,
        custom={"label": _("Verify a bank account"), "icon": "badge-check"},
    )
    def verify_bank_account(self, *, by, at):
        """A second person compared the account with what the customer sent."""

    @transition(
        state,
        source=OPEN,
        target=CustomerState.MERGED,
        permission=rules.may_merge,
        custom={"label": _("Merge into another record"), "icon": "merge"},
    )
    def merge(self, *, by, at, into):
        if into.pk == self.pk:
            raise Refused(_("A record cannot be merged into itself."))
        if into.state not in OPEN:
            raise Refused(_("The record to merge into is not active."))
        if self.login_id:
            raise Refused(
                _("This record has a portal login. Merge the other record into this one.")
            )
        self.merged_into = into

    @transition(
        state,
        source=[CustomerState.MERGED],
        target=CustomerState.ACTIVE,
        permission=rules.may_merge,
        custom={"label": _("Undo the merge"), "icon": "split"},
    )
    def unmerge(self, *, by, at):
        self.merged_into = None


class CustomerEvent(Event):
    record = models.ForeignKey(Customer, models.PROTECT, related_name="events")

    class Meta(Event.Meta):
        verbose_name, verbose_name_plural = _("customer event"), _("customer events")
