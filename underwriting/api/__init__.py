"""Applications, their quotes, and renewals for programs."""

from django.urls import path

from office.api.acts import act_paths
from underwriting.api import referrals, renewals
from underwriting.api.acts import QuoteAct, QuoteJudgment, QuoteNegotiation, SubmissionAct
from underwriting.api.changes import EndorsementPreview, PolicyEndorsement
from underwriting.api.doors import QuoteDetail, SubmissionDetail, SubmissionList

urlpatterns = [
    *referrals.urlpatterns,
    *renewals.urlpatterns,
    path("submissions/", SubmissionList.as_view(), name="api-submissions"),
    path("submissions/<slug:number>/", SubmissionDetail.as_view(), name="api-submission"),
    *act_paths(SubmissionAct),
    path(
        "quotes/<slug:number>/negotiate/",
        QuoteNegotiation.as_view(),
        name="api-quote-negotiate",
    ),
    path("quotes/<slug:number>/judge/", QuoteJudgment.as_view(), name="api-quote-judge"),
    path("quotes/<slug:number>/", QuoteDetail.as_view(), name="api-quote"),
    *act_paths(QuoteAct),
    path(
        "policies/<slug:number>/endorse/preview/",
        EndorsementPreview.as_view(),
        name="api-policy-preview",
    ),
    path(
        "policies/<slug:number>/endorse/",
        PolicyEndorsement.as_view(),
        name="api-policy-endorse",
    ),
]
