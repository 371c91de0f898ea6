"""A claim as the caller may see it: the whole file, what is theirs, or only what concerns them."""

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from claims import rules, selectors
from claims.enums import DuplicateState
from claims.views import ACTS
from office.api import Action, Moment, actions_of
from policies.catalogue import label

MONEY = {"max_digits": 16, "decimal_places": 2, "required": False}
STAFF, HOLDER, CLAIMANT = "staff", "holder", "claimant"
# What a third party sees of the claim against somebody else; the policyholder sees more.
FOR_CLAIMANT = frozenset(
    {"number", "state", "line", "lost_on", "notified_at", "offers", "letters", "files", "actions"}
)
FOR_HOLDER = FOR_CLAIMANT | {
    "policy", "policyholder", "product", "cause", "place", "description", "lost_at", "estimate",
    "is_injured", "injuries", "other_parties", "witnesses", "police_report", "paid_total",
    "steps", "documents",
}  # fmt: skip


def sight_of(claim, user):
    """Whose eyes look at it. Whether they may look at all, `for_user` has said."""
    if user.is_staff and user.may("claims.view_claim"):
        return STAFF
    if rules.is_policyholder(claim, user) or rules.is_agent(claim, user):
        return HOLDER
    return CLAIMANT


class StepBody(serializers.Serializer):
    number = serializers.IntegerField()
    act = serializers.CharField()
    state = serializers.CharField()
    department = serializers.CharField()
    done_at = Moment(allow_null=True)
    is_current = serializers.BooleanField()


class PaperBody(serializers.Serializer):
    """A document that the file needs."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    name = serializers.SerializerMethodField()
    because = serializers.CharField()
    state = serializers.CharField()
    reason = serializers.CharField()

    def get_name(self, document) -> str:
        return label(document.names)


class OfferBody(serializers.Serializer):
    claimant = serializers.CharField(source="claimant.display_name")
    amount = serializers.DecimalField(max_digits=16, decimal_places=2)
    sha256 = serializers.CharField(help_text="An answer quotes it.")
    state = serializers.CharField()
    offered_at = Moment()


class LetterBody(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    language = serializers.CharField()
    written_at = Moment()
    href = serializers.SerializerMethodField(help_text="Its file, once it is made.")

    def get_href(self, letter) -> str | None:
        if letter.document_id is None:
            return None
        return reverse("api-claim-letter", args=[self.context["claim"].number, letter.pk])


class FileBody(serializers.Serializer):
    id = serializers.UUIDField(source="upload_id")
    name = serializers.CharField(source="upload.name")
    media_type = serializers.CharField(source="upload.media_type")
    size = serializers.IntegerField(source="upload.size")
    sha256 = serializers.CharField(source="upload.sha256")
    caption = serializers.CharField()
    document = serializers.IntegerField(
        source="request_id", allow_null=True, help_text="The document that it answers."
    )
    attached_at = Moment()
    href = serializers.SerializerMethodField()

    def get_href(self, attachment) -> str:
        number = self.context["claim"].number
        return reverse("api-claim-file", args=[number, attachment.upload_id])


class ExposureBody(serializers.Serializer):
    id = serializers.IntegerField()
    coverage = serializers.CharField()
    item = serializers.CharField()
    claimant = serializers.CharField(source="claimant.number")
    limit = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)
    deductible = serializers.DecimalField(max_digits=16, decimal_places=2)
    is_open = serializers.BooleanField()


class FindingBody(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    summary = serializers.CharField()
    exposure = serializers.IntegerField(source="exposure_id", allow_null=True)
    loss = serializers.DecimalField(max_digits=16, decimal_places=2)
    depreciation = serializers.DecimalField(max_digits=16, decimal_places=2)
    betterment = serializers.DecimalField(max_digits=16, decimal_places=2)
    salvage = serializers.DecimalField(max_digits=16, decimal_places=2)
    value = serializers.DecimalField(max_digits=16, decimal_places=2)
    recorded_at = Moment()


class DuplicateBody(serializers.Serializer):
    id = serializers.IntegerField()
    other = serializers.CharField(source="other.number")
    alike = serializers.ListField(child=serializers.CharField())


class HoldBody(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    reason = serializers.CharField()
    placed_at = Moment()


class PayoutBody(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    payment = serializers.CharField(source="payment.number")
    amount = serializers.DecimalField(source="payment.amount", max_digits=16, decimal_places=2)
    state = serializers.CharField(source="payment.state")


class ClaimBody(serializers.Serializer):
    """Fields that are not for the caller's eyes are left out."""

    number = serializers.CharField()
    state = serializers.CharField()
    line = serializers.CharField()
    lost_on = serializers.DateField()
    notified_at = Moment()
    policy = serializers.CharField(source="policy.number", required=False)
    policyholder = serializers.CharField(source="customer.display_name", required=False)
    product = serializers.CharField(required=False)
    carrier = serializers.CharField(required=False)
    jurisdiction = serializers.CharField(required=False)
    cause = serializers.CharField(required=False)
    lost_at = Moment(required=False)
    place = serializers.CharField(required=False)
    description = serializers.CharField(required=False)
    reporter = serializers.CharField(required=False)
    reporter_kind = serializers.CharField(required=False)
    estimate = serializers.DecimalField(**MONEY)
    is_injured = serializers.BooleanField(required=False)
    injuries = serializers.CharField(required=False)
    other_parties = serializers.CharField(required=False)
    witnesses = serializers.CharField(required=False)
    police_report = serializers.CharField(required=False)
    adjuster = serializers.SerializerMethodField(required=False)
    opinion = serializers.CharField(required=False)
    due_on = serializers.DateField(required=False, allow_null=True)
    due_what = serializers.CharField(required=False)
    reserve_indemnity = serializers.DecimalField(**MONEY)
    reserve_expense = serializers.DecimalField(**MONEY)
    recovered_total = serializers.DecimalField(**MONEY)
    incurred = serializers.DecimalField(**MONEY)
    paid_total = serializers.DecimalField(**MONEY)
    cycle = serializers.IntegerField(required=False)
    steps = serializers.SerializerMethodField(required=False)
    documents = PaperBody(many=True, required=False)
    exposures = serializers.SerializerMethodField(required=False)
    findings = FindingBody(many=True, required=False)
    duplicates = serializers.SerializerMethodField(required=False)
    holds = serializers.SerializerMethodField(required=False)
    payouts = serializers.SerializerMethodField(required=False)
    offers = serializers.SerializerMethodField()
    letters = serializers.SerializerMethodField()
    files = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()

    def get_fields(self):
        fields = super().get_fields()
        shown = {HOLDER: FOR_HOLDER, CLAIMANT: FOR_CLAIMANT}.get(self.context.get("sight"))
        return {name: f for name, f in fields.items() if shown is None or name in shown}

    def get_adjuster(self, claim) -> str | None:
        return claim.adjuster.email if claim.adjuster else None

    @extend_schema_field(StepBody(many=True))
    def get_steps(self, claim):
        return StepBody(selectors.steps_of(claim), many=True).data

    @extend_schema_field(ExposureBody(many=True))
    def get_exposures(self, claim):
        return ExposureBody(claim.exposures.select_related("claimant"), many=True).data

    @extend_schema_field(DuplicateBody(many=True))
    def get_duplicates(self, claim):
        found = claim.duplicates.filter(state=DuplicateState.FOUND).select_related("other")
        return DuplicateBody(found, many=True).data

    @extend_schema_field(HoldBody(many=True))
    def get_holds(self, claim):
        if not rules.may_see_holds(claim, self.context["user"]):
            return []
        return HoldBody(claim.holds.filter(released_at=None), many=True).data

    @extend_schema_field(PayoutBody(many=True))
    def get_payouts(self, claim):
        return PayoutBody(claim.payouts.select_related("payment"), many=True).data

    @extend_schema_field(OfferBody(many=True))
    def get_offers(self, claim):
        offers = claim.offers.select_related("claimant")
        if self.context["sight"] != STAFF:
            offers = offers.filter(claimant__login=self.context["user"])
        return OfferBody(offers, many=True).data

    @extend_schema_field(LetterBody(many=True))
    def get_letters(self, claim):
        letters = letters_for(claim, self.context["user"])
        return LetterBody(letters, many=True, context=self.context | {"claim": claim}).data

    @extend_schema_field(FileBody(many=True))
    def get_files(self, claim):
        files = files_for(claim, self.context["user"])
        return FileBody(files, many=True, context=self.context | {"claim": claim}).data

    @extend_schema_field(Action(many=True))
    def get_actions(self, claim):
        href = f"/api/claims/{claim.number}/"
        return actions_of(self.context["user"], claim, ACTS, href)


def letters_for(claim, user):
    """All for staff; for others those that were written to them."""
    letters = claim.letters.select_related("document").order_by("id")
    return letters if sight_of(claim, user) == STAFF else letters.filter(customer__login=user)


def files_for(claim, user):
    """All for staff and the policyholder's side; for a third party what they sent."""
    files = claim.attachments.select_related("upload").order_by("id")
    return files.filter(attached_by=user) if sight_of(claim, user) == CLAIMANT else files


def body_of(claim, user):
    return ClaimBody(claim, context={"user": user, "sight": sight_of(claim, user)}).data
