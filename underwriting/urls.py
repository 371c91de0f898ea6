from django.urls import path

from underwriting import views

app_name = "underwriting"
urlpatterns = [
    path("", views.submission_list, name="list"),
    path("new/", views.new, name="new"),
    path("new/application/", views.apply, name="apply"),
    path("policies/<str:number>/endorse/", views.endorse, name="endorse"),
    path("policies/<str:number>/add/<slug:name>/", views.add_item, name="add_item"),
    path("renewals/", views.renewal_list, name="renewals"),
    path("renewals/run/", views.run_renewals, name="run_renewals"),
    path("renewals/<str:number>/", views.renewal, name="renewal"),
    path("renewals/<str:number>/insured/", views.insure_renewal, name="insure_renewal"),
    path("renewals/<str:number>/<slug:act>/", views.renewal_act, name="renewal_act"),
    path("loss-runs/<str:number>/", views.loss_run, name="loss_run"),
    path("loss-runs/<str:number>/paper/", views.loss_run_paper, name="loss_run_paper"),
    path("referrals/", views.referral_list, name="referrals"),
    path("referrals/<str:number>/", views.referral, name="referral"),
    path("referrals/<str:number>/<slug:act>/", views.referral_act, name="referral_act"),
    path("rules/<int:pk>/", views.rule_trial, name="rule_trial"),
    path("rules/<int:pk>/policies/", views.rule_trial_lines, name="rule_trial_lines"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/edit/", views.edit, name="edit"),
    path("<str:number>/progress/", views.progress, name="progress"),
    path("<str:number>/compare/", views.compare, name="compare"),
    path("<str:number>/compare/paper/", views.compare_paper, name="compare_paper"),
    path("<str:number>/do/<slug:act>/", views.act, name="act"),
    path("<str:number>/<str:quote_number>/worksheet/", views.worksheet, name="worksheet"),
    path("<str:number>/<str:quote_number>/negotiate/", views.negotiate, name="negotiate"),
    path(
        "<str:number>/<str:quote_number>/worksheet/paper/",
        views.worksheet_paper,
        name="worksheet_paper",
    ),
    path("<str:number>/<str:quote_number>/<slug:act>/", views.quote_act, name="quote_act"),
]
