"""The map of the site."""

from django.contrib import admin
from django.urls import include, path, re_path

from customers.views import customer_page
from office import gallery, health, sections, views

handler400 = "office.views.bad_request"

urlpatterns = [
    path("", views.desk, name="desk"),
    path("search/", views.search, name="search"),
    path("preferences/", views.preferences, name="preferences"),
    path("language/", views.set_language, name="set_language"),
    path("jobs/<uuid:pk>/", views.job, name="job"),
    path("lists/views/", views.keep_view, name="keep_view"),
    path("lists/views/<uuid:pk>/delete/", views.delete_view, name="delete_view"),
    path("workflow/", views.workflow_map, name="workflow_map"),
    path("workflow/<str:label>/", views.workflow_map, name="workflow_map_of"),
    path("production/", views.production, name="production"),
    path("production/<slug:code>/", views.production_of, name="production_of"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("admin/", admin.site.urls),
    path("api/", include("office.api_urls")),
    path("accounting/", include("accounting.urls")),
    re_path(r"^customers/(?P<number>CU-[0-9-]+)/$", customer_page, {"sections": sections.EVERY}),
    path("customers/", include("customers.urls")),
    path("claims/", include("claims.urls")),
    path("policies/", include("policies.urls")),
    path("portal/", include("portal.urls")),
    path("quotes/", include("underwriting.urls")),
]
