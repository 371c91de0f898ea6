from underwriting.models.advice import Advice, AdviceAcknowledgement
from underwriting.models.certificate import Certificate
from underwriting.models.connection import CarrierConnection
from underwriting.models.judgment import Judgment
from underwriting.models.quote import Quote, QuoteEvent
from underwriting.models.recommendation import (
    Recommendation,
    RecommendationEvent,
    RecommendationEvidence,
)
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
from underwriting.models.survey import Survey, SurveyEvent, SurveyFinding, SurveyPhoto

__all__ = [
    "Advice",
    "AdviceAcknowledgement",
    "CarrierConnection",
    "Certificate",
    "Judgment",
    "Quote",
    "QuoteEvent",
    "Recommendation",
    "RecommendationEvent",
    "RecommendationEvidence",
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
    "Survey",
    "SurveyEvent",
    "SurveyFinding",
    "SurveyPhoto",
]
