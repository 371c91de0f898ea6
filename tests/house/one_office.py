"""Records of one customer, and somebody for each role, for the matrix of who may open what."""

import io
import re
import uuid
from datetime import date, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounting import services as accounting
from accounting.models import Entry, Invoice, Payment, Period
from claims import services as claims
from claims.enums import ClaimState
from customers.models import Message
from office import clock, jobs, uploads
from policies import services as policies
from tests import factories
from tests.claims import scenes
from tests.underwriting import surveying
from underwriting import services as underwriting
from underwriting.models import RuleSetVersion

ROLES = (
    # Outside: nobody signed in, another policyholder, the policyholder whose records they are.
    "stranger",
    "other_holder",
    "holder",
    # Agents: another one, the one who serves the policyholder.
    "other_agent",
    "agent",
    # Staff without any role, then each role, then an administrator without roles.
    "nobody",
    "customer_service",
    "claims_handler",
    "claims_supervisor",
    "adjuster",
    "underwriter",
    "policy_administrator",
    "accountant",
    "agency_manager",
    "compliance",
    "administrator",
)


class Office:
    def __init__(self):
        self.seller, self.other_seller = factories.agent(), factories.agent(name="Otto Falk")
        self.holder = factories.customer(login=True, agent=self.seller)
        self.stranger = factories.customer(
            login=True, given_name="Bert", family_name="Other", agent=self.other_seller
        )
        self.quote = factories.quote("BIND", "home", seller=self.seller, insured=self.holder)
        self.policy = factories.policy_in_force(
            "home", from_on=date(2026, 1, 1), insured=self.holder, seller=self.seller
        )
        self.claim = scenes.claim_at(ClaimState.CLOSED, policy=self.policy)
        self.renewal = factories.renewal_offered(self.policy)
        self._add_papers()
        self.referral = self._referred()
        self._look_at_it()
        self.measured = self._measured_rates()
        self.trial = self._tried_rules()
        while factories.work():
            pass

    def _measured_rates(self):
        actuary = factories.person("actuary", name="Ana Actuary")
        draft = policies.draft_version(version=factories.version("BIND-HO"), by=actuary)
        return policies.measure_rates(draft=draft, day=date(2026, 6, 1), by=actuary)

    def _referred(self):
        """A quote of the holder that an underwriter has to decide on."""
        factories.underwriter(name="Uma Reyes")
        risk = factories.risk()
        risk["drivers"][0]["at_fault_accidents"] = 2
        quote = factories.quote("BIND", application=risk, insured=self.holder, seller=self.seller)
        return quote.referrals.get()

    def _tried_rules(self):
        actuary = factories.person("actuary", name="Ana Actuary")
        edition = RuleSetVersion.objects.get(rule_set_id="BIND-HO")
        draft = underwriting.draft_rule_set(version=edition, by=actuary)
        return underwriting.try_rules_on_book(draft=draft, day=date(2026, 6, 1), by=actuary)

    def _add_papers(self):
        content = io.BytesIO()
        Image.new("RGB", (40, 30), "navy").save(content, "PNG")
        picture = SimpleUploadedFile("roof.png", content.getvalue(), content_type="image/png")
        upload = uploads.receive(picture, by=self.holder.login, source=self.claim.source)
        open_claim = scenes.claim_at(
            ClaimState.OFFERED, policy=self.policy, lost_at=scenes.LOSS - timedelta(days=30)
        )
        claims.attach_files(claim=open_claim, uploads=[upload], by=self.holder.login)
        self.open_claim, self.upload = open_claim, upload
        self.invoice = Invoice.objects.filter(customer=self.holder).earliest("pk")
        self.receipt = accounting.pay_invoice(
            invoice=self.invoice,
            amount=Decimal("10.00"),
            method="card",
            token="tok_visa",
            idempotency_key=str(uuid.uuid4()),
            by=self.holder.login,
        )
        self.job = jobs.start(kind="export", title="Export", total=1, by=self.seller.user)

    def _look_at_it(self):
        """A survey, reported, with a recommendation that the holder says is done; a certificate."""
        by = surveying.surveyor()
        with clock.travel(surveying.VISITED):
            survey = surveying.visited(self.policy, by=by)
            survey = underwriting.attach_survey(
                survey=survey, uploads=[surveying.picture(by)], by=by
            )
            wanted = underwriting.recommend_survey(
                survey=survey, grade="critical", title="Wiring", text="Replace it.",
                due_on=date(2026, 4, 20), by=by,
            )  # fmt: skip
            self.survey = underwriting.report_survey(survey=survey, by=by)
            self.recommendation = underwriting.complete_recommendation(
                recommendation=wanted,
                answer="Replaced.",
                uploads=[surveying.picture(self.holder.login)],
                by=self.holder.login,
            )
        self.certificate = surveying.certified(self.policy)
        self.advice = underwriting.record_advice(
            submission=self.quote.submission,
            answers={"wants": "A fire.", "priority": "cover", "flood": "yes"},
            reasons="It fits.",
            recommended=self.quote,
            by=self.seller.user,
        )

    def clients(self):
        people = {
            "other_holder": self.stranger.login,
            "holder": self.holder.login,
            "other_agent": self.other_seller.user,
            "agent": self.seller.user,
            "nobody": factories.person(name="Nemo New"),
            "administrator": factories.person(name="Ada Root", is_superuser=True),
        }
        return {"stranger": Client()} | {
            code: factories.signed_in(people.get(code) or factories.person(code))
            for code in ROLES
            if code != "stranger"
        }

    def words(self, name):
        """What stands in the address of a route that names a record."""
        every = {
            **self._strangers(), **self._books(), **self._people(), **self._claims(),
            **self._policies(), **self._portal(), **self._loss_control(),
        }  # fmt: skip
        space = "api" if name.startswith("api-") else name.rpartition(":")[0]
        usual = {
            "accounting": self.invoice.number,
            "claims": self.open_claim.number,
            "policies": self.policy.number,
            "portal": self.open_claim.number,
            "underwriting": self.quote.submission.number,
            "api": self._usual_of_programs(name),
        }
        return every.get(name) or {"number": usual.get(space)}

    def _strangers(self):
        return {
            "account_confirm_email": {"key": "none"},
            "account_reset_password_from_key": {"uidb36": "1", "key": "none"},
            "mfa_remove_webauthn": {"pk": 1},
            "mfa_edit_webauthn": {"pk": 1},
            "customers:accept_invitation": {"token": "none"},
            "job": {"pk": self.job.pk},
            "delete_view": {"pk": uuid.uuid4()},
            "workflow_map_of": {"label": "claims.claim"},
        }

    def _books(self):
        payment, entry = Payment.objects.earliest("pk"), Entry.objects.earliest("pk")
        period = Period.objects.earliest("pk")
        return {
            "accounting:entry": {"number": entry.number},
            "accounting:account": {"code": "1000"},
            "accounting:act_on_period": {"code": period.code, "act": "close"},
            "accounting:receipt": {"number": self.receipt.number},
            "accounting:return_receipt": {"number": self.receipt.number},
            "accounting:payment": {"number": payment.number},
            "accounting:act_on_payment": {"number": payment.number, "act": "approve"},
            "accounting:webhook": {"name": "dummy"},
            "api-entry": {"number": entry.number},
            "api-payment": {"number": payment.number},
        }

    def _people(self):
        number, code = self.holder.number, self.seller.code
        message = Message.objects.filter(customer=self.holder).earliest("created_at").pk
        account = self.holder.bank_accounts.latest("created_at").pk
        contact = self.holder.contact_points.earliest("created_at").pk
        return {
            "customers:agent": {"code": code},
            "customers:add_licence": {"code": code},
            "customers:add_appointment": {"code": code},
            "customers:record_course": {"code": code},
            "production_of": {"code": code},
            "customers:message": {"pk": message},
            "customers:message_html": {"pk": message},
            "customers:act_on_message": {"pk": message, "act": "send_again"},
            "customers:detail": {"number": number},
            "customers:act": {"number": number, "act": "edit"},
            "customers:act_on_account": {"number": number, "pk": account, "act": "verify"},
            "customers:act_on_contact": {"number": number, "pk": contact, "act": "prefer"},
            "api-customer": {"number": number},
        }

    def _claims(self):
        claim = self.open_claim.number
        file = {"number": claim, "pk": self.upload.pk}
        letter = {"number": claim, "pk": self.open_claim.letters.latest("pk").pk}
        return {
            "claims:file": file,
            "claims:picture": file,
            "claims:letter": letter,
            "claims:act": {"number": claim, "act": "attach"},
            "portal:claim_file": file,
            "portal:claim_letter": letter,
            "api-claim-file": file,
            "api-claim-letter": letter,
        }

    def _policies(self):
        number = self.policy.number
        quote = {"number": self.quote.submission.number, "quote_number": self.quote.number}
        declarations = self.policy.documents.latest("pk").document_id
        return {
            "policies:document": {"number": number, "document_id": declarations},
            "policies:act": {"number": number, "act": "cancel"},
            "policies:worksheet": {"number": number, "term": 1, "sequence": 1},
            "policies:worksheet_paper": {"number": number, "term": 1, "sequence": 1},
            "policies:rate_change": {"pk": self.measured.pk},
            "policies:rate_change_lines": {"pk": self.measured.pk},
            "underwriting:referral": {"number": self.referral.number},
            "underwriting:referral_act": {"number": self.referral.number, "act": "assign"},
            "underwriting:rule_trial": {"pk": self.trial.pk},
            "underwriting:rule_trial_lines": {"pk": self.trial.pk},
            "policies:reverse": {"number": number, "term": 1, "sequence": 1},
            "api-policy-reverse": {"number": number, "term": 1, "sequence": 1},
            "underwriting:endorse": {"number": number},
            "underwriting:add_item": {"number": number, "name": "dwelling"},
            "portal:document": {"number": number, "pk": declarations},
            "api-policy-document": {"number": number, "pk": declarations},
            "underwriting:loss_run": {"number": self.holder.number},
            "underwriting:loss_run_paper": {"number": self.holder.number},
            "underwriting:renewal": {"number": self.renewal.number},
            "underwriting:insure_renewal": {"number": self.renewal.number},
            "underwriting:renewal_act": {"number": self.renewal.number, "act": "decline"},
            "portal:renewal": {"number": self.renewal.number},
            "portal:answer_renewal": {"number": self.renewal.number, "act": "decline"},
            "underwriting:act": {"number": quote["number"], "act": "close"},
            "underwriting:worksheet": quote,
            "underwriting:judge": quote,
            "underwriting:negotiate": quote,
            "underwriting:worksheet_paper": quote,
            "underwriting:quote_act": {**quote, "act": "withdraw"},
        }

    def _loss_control(self):
        survey, wanted = {"number": self.survey.number}, {"number": self.recommendation.number}
        photo = {**survey, "pk": self.survey.photos.earliest("pk").upload_id}
        evidence = {**wanted, "pk": self.recommendation.evidence.earliest("pk").upload_id}
        advice = {"number": self.quote.submission.number}
        certificate, policy = {"pk": self.certificate.pk}, {"number": self.policy.number}
        return {
            "underwriting:advice_paper": {**advice, "version": self.advice.version},
            "portal:advice": advice,
            "portal:advice_paper": advice,
            "underwriting:survey": survey,
            "underwriting:survey_paper": survey,
            "underwriting:survey_photo": photo,
            "underwriting:survey_act": {**survey, "act": "cancel"},
            "underwriting:order_survey": policy,
            "underwriting:recommendation": wanted,
            "underwriting:recommendation_act": {**wanted, "act": "verify"},
            "underwriting:evidence": evidence,
            "underwriting:certificate": certificate,
            "underwriting:certificate_file": certificate,
            "underwriting:record_certificate": policy,
            "underwriting:withdraw_certificate": certificate,
            "underwriting:policy_panel": policy,
            "portal:recommendation": wanted,
            "portal:answer_recommendation": {**wanted, "act": "complete"},
            "portal:evidence": evidence,
            "portal:survey_report": survey,
        }

    def _portal(self):
        return {
            "portal:policy": {"number": self.policy.number},
            "portal:cancel_policy": {"number": self.policy.number},
            "portal:report_on": {"number": self.policy.number},
            "portal:invoice": {"number": self.invoice.number},
            "portal:invoice_document": {"number": self.invoice.number},
        }

    def _usual_of_programs(self, name):
        kinds = {
            "api-claim": self.open_claim.number,
            "api-submission": self.quote.submission.number,
            "api-quote": self.quote.number,
            "api-policy": self.policy.number,
            "api-renewal": self.renewal.number,
            "api-referral": self.referral.number,
            "api-invoice": self.invoice.number,
        }
        return next((kinds[kind] for kind in kinds if name.startswith(kind)), None)

    def address(self, name, pattern):
        """The address of a route; a route without a record takes none of its words."""
        wanted = set(re.findall(r"<(?:\w+:)?(\w+)>", pattern))
        words = self.words(name) if wanted else {}
        return reverse(name, kwargs={one: words[one] for one in wanted})
