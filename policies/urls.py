from django.urls import path

from policies import views

app_name = "policies"
urlpatterns = [
    path("", views.policy_list, name="list"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/documents/<uuid:document_id>/", views.document, name="document"),
    path("<str:number>/worksheet/<int:term>/<int:sequence>/", views.worksheet, name="worksheet"),
]
