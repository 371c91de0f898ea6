from django.urls import path

from policies import views

app_name = "policies"
urlpatterns = [
    path("", views.policy_list, name="list"),
    path("rates/", views.rate_changes, name="rate_changes"),
    path("rates/<int:pk>/", views.rate_change, name="rate_change"),
    path("rates/<int:pk>/policies/", views.rate_change_lines, name="rate_change_lines"),
    path("issue/", views.issuances, name="issuances"),
    path("issue/<str:number>/", views.issuance, name="issuance"),
    path("issue/<str:number>/preview/", views.issuance_preview, name="issuance_preview"),
    path("issue/<str:number>/confirm/<str:code>/", views.confirm, name="confirm"),
    path("issue/<str:number>/<slug:act>/", views.issuance_act, name="issuance_act"),
    path("certificates/", views.certificates, name="certificates"),
    path("certificates/<str:number>/", views.certificate, name="certificate"),
    path(
        "certificates/<str:number>/preview/", views.certificate_preview, name="certificate_preview"
    ),
    path("certificates/<str:number>/<slug:act>/", views.certificate_act, name="certificate_act"),
    path("forms/", views.form_list, name="forms"),
    path("forms/editions/<int:pk>/", views.edition, name="edition"),
    path("forms/editions/<int:pk>/paper/", views.edition_paper, name="edition_paper"),
    path("forms/editions/<int:pk>/<slug:act>/", views.edition_act, name="edition_act"),
    path("forms/<str:number>/", views.form, name="form"),
    path("forms/<str:number>/draft/", views.draft_edition, name="draft_edition"),
    path("filings/", views.filings, name="filings"),
    path("filings/new/", views.file_new, name="file_new"),
    path("filings/<str:number>/", views.filing, name="filing"),
    path("filings/<str:number>/decide/", views.decide_filing, name="decide_filing"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/certificate/", views.ask_certificate, name="ask_certificate"),
    path("<str:number>/documents/<uuid:document_id>/reissue/", views.reissue, name="reissue"),
    path("<str:number>/forms/<int:pk>/", views.issued_form, name="issued_form"),
    path("<str:number>/cancel/preview/", views.cancellation_preview, name="cancel_preview"),
    path("<str:number>/<slug:act>/", views.act, name="act"),
    path("<str:number>/documents/<uuid:document_id>/", views.document, name="document"),
    path("<str:number>/worksheet/<int:term>/<int:sequence>/", views.worksheet, name="worksheet"),
    path(
        "<str:number>/worksheet/<int:term>/<int:sequence>/paper/",
        views.worksheet_paper,
        name="worksheet_paper",
    ),
    path(
        "<str:number>/transactions/<int:term>/<int:sequence>/reverse/",
        views.reverse,
        name="reverse",
    ),
]
