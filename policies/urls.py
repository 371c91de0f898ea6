from django.urls import path

from policies import views

app_name = "policies"
urlpatterns = [
    path("", views.policy_list, name="list"),
    path("rates/", views.rate_changes, name="rate_changes"),
    path("rates/<int:pk>/", views.rate_change, name="rate_change"),
    path("rates/<int:pk>/policies/", views.rate_change_lines, name="rate_change_lines"),
    path("<str:number>/", views.detail, name="detail"),
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
