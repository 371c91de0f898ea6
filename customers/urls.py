from django.urls import path

from customers import views

app_name = "customers"

urlpatterns = [
    path("", views.customer_list, name="list"),
    path("new/", views.add_customer, name="add"),
    path("agents/", views.agent_list, name="agents"),
    path("agents/new/", views.add_agent, name="add_agent"),
    path("agents/<slug:code>/", views.agent_page, name="agent"),
    path("agents/<slug:code>/licences/new/", views.add_licence, name="add_licence"),
    path("agents/<slug:code>/appointments/new/", views.add_appointment, name="add_appointment"),
    path("agents/<slug:code>/courses/new/", views.record_course, name="record_course"),
    path("messages/", views.message_list, name="messages"),
    path("messages/<uuid:pk>/", views.message_page, name="message"),
    path("messages/<uuid:pk>/layout/", views.message_html, name="message_html"),
    path("messages/<uuid:pk>/<slug:act>/", views.act_on_message, name="act_on_message"),
    path("invitation/<slug:token>/", views.accept_invitation, name="accept_invitation"),
    path("<slug:number>/", views.customer_page, name="detail"),
    path("<slug:number>/<slug:act>/", views.act, name="act"),
    path(
        "<slug:number>/accounts/<uuid:pk>/<slug:act>/", views.act_on_account, name="act_on_account"
    ),
    path(
        "<slug:number>/contacts/<uuid:pk>/<slug:act>/", views.act_on_contact, name="act_on_contact"
    ),
]
