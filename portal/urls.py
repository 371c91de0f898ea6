from django.urls import path

from portal import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("policies/", views.policies, name="policies"),
    path("policies/<str:number>/", views.policy, name="policy"),
    path("policies/<str:number>/documents/<uuid:pk>/", views.policy_document, name="document"),
    path("policies/<str:number>/cancel/", views.cancel_policy, name="cancel_policy"),
    path("renewals/<str:number>/", views.renewal, name="renewal"),
    path("renewals/<str:number>/<slug:act>/", views.answer_renewal, name="answer_renewal"),
    path("advice/<str:number>/", views.advice, name="advice"),
    path("advice/<str:number>/paper/", views.advice_paper, name="advice_paper"),
    path("safety/", views.safety, name="safety"),
    path("safety/reports/<str:number>/", views.survey_report, name="survey_report"),
    path("safety/<str:number>/", views.recommendation, name="recommendation"),
    path("safety/<str:number>/files/<uuid:pk>/", views.evidence, name="evidence"),
    path(
        "safety/<str:number>/<slug:act>/",
        views.answer_recommendation,
        name="answer_recommendation",
    ),
    path("claims/", views.claims, name="claims"),
    path("claims/losses/", views.loss_run, name="loss_run"),
    path("claims/losses/paper/", views.loss_run_paper, name="loss_run_paper"),
    path("claims/report/", views.report_choose, name="report"),
    path("claims/report/<str:number>/", views.report, name="report_on"),
    path("claims/<str:number>/", views.claim, name="claim"),
    path("claims/<str:number>/files/", views.send_files, name="send_files"),
    path("claims/<str:number>/files/<uuid:pk>/", views.claim_file, name="claim_file"),
    path("claims/<str:number>/letters/<int:pk>/", views.claim_letter, name="claim_letter"),
    path("claims/<str:number>/accept/", views.accept, name="accept"),
    path("claims/<str:number>/dispute/", views.dispute, name="dispute"),
    path("claims/<str:number>/withdraw/", views.withdraw, name="withdraw"),
    path("billing/", views.billing, name="billing"),
    path("billing/<str:number>/", views.invoice, name="invoice"),
    path("billing/<str:number>/document/", views.invoice_document, name="invoice_document"),
    path("account/bank/", views.bank_account, name="bank_account"),
]
