"""Applications, their quotes, and renewals for programs."""

from django.urls import path

from underwriting.api import renewals
from underwriting.api.acts import QuoteAct, QuoteNegotiation, SubmissionAct, act_view
from underwriting.api.bodies import QuoteBody, SubmissionBody
from underwriting.api.changes import EndorsementPreview, PolicyEndorsement
from underwriting.api.doors import QuoteDetail, SubmissionDetail, SubmissionList
from underwriting.models import Quote, Submission
from underwriting.views.acts import ACTS, QUOTE_ACTS

urlpatterns = [
    *renewals.urlpatterns,
    path("submissions/", SubmissionList.as_view(), name="api-submissions"),
    path("submissions/<slug:number>/", SubmissionDetail.as_view(), name="api-submission"),
    *(
        path(
            f"submissions/<slug:number>/{act}/",
            act_view(SubmissionAct, "Submission", act, form_class, Submission, SubmissionBody),
            name=f"api-submission-{act}",
        )
        for act, (_service, form_class) in ACTS.items()
    ),
    path(
        "quotes/<slug:number>/negotiate/",
        QuoteNegotiation.as_view(),
        name="api-quote-negotiate",
    ),
    path("quotes/<slug:number>/", QuoteDetail.as_view(), name="api-quote"),
    *(
        path(
            f"quotes/<slug:number>/{act}/",
            act_view(QuoteAct, "Quote", act, form_class, Quote, QuoteBody),
            name=f"api-quote-{act}",
        )
        for act, (_service, form_class) in QUOTE_ACTS.items()
    ),
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
