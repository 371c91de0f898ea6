from underwriting.models.connection import CarrierConnection
from underwriting.models.quote import Quote, QuoteEvent
from underwriting.models.referral import Referral, ReferralEvent
from underwriting.models.renewal import Renewal, RenewalEvent
from underwriting.models.rule_draft import (
    RuleSetDraft,
    RuleSetDraftEdit,
    RuleSetDraftEvent,
    RuleTrial,
    RuleTrialLine,
)
from underwriting.models.rule_set import RuleSet, RuleSetVersion
from underwriting.models.submission import Submission, SubmissionEvent

__all__ = [
    "CarrierConnection",
    "Quote",
    "QuoteEvent",
    "Referral",
    "ReferralEvent",
    "Renewal",
    "RenewalEvent",
    "RuleSet",
    "RuleSetDraft",
    "RuleSetDraftEdit",
    "RuleSetDraftEvent",
    "RuleSetVersion",
    "RuleTrial",
    "RuleTrialLine",
    "Submission",
    "SubmissionEvent",
]
