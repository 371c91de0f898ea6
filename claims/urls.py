from django.urls import path

from claims import views

app_name = "claims"
urlpatterns = [
    path("", views.claim_list, name="list"),
    path("assign/", views.assign_picked, name="assign_picked"),
    path("report/", views.report, name="report"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/reserves/", views.reserves, name="reserves"),
    path("<str:number>/authority/", views.who_could, name="who_could"),
    path("<str:number>/files/<uuid:pk>/", views.file, name="file"),
    path("<str:number>/files/<uuid:pk>/picture/", views.picture, name="picture"),
    path("<str:number>/letters/<int:pk>/", views.letter, name="letter"),
    path("<str:number>/<slug:act>/", views.act, name="act"),
]
