"""The map of /api/: each app's own addresses, the schema, and the page that explains them."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.urls import include, path, re_path
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.views import APIView


class ApiPage(LoginRequiredMixin, SpectacularSwaggerSplitView):
    """The API explained and tried out, by scripts of our own server alone (strict CSP, offline)."""

    url_name = "schema"
    template_name = "api.html"
    title = "Bindery API"

    @extend_schema(exclude=True)
    def get(self, request, *args, **kwargs):
        response = super().get(request, *args, **kwargs)
        del response["Cross-Origin-Opener-Policy"]  # the office's own, stricter one stands
        return response


class NoSuchAddress(APIView):
    """Programs get a problem, not a page, for an address that does not exist."""

    permission_classes = [IsAuthenticated]
    schema = None

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        raise NotFound(_("There is no such address."))


urlpatterns = [
    path("", ApiPage.as_view(), name="api-docs"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("", include("customers.api")),
    path("", include("underwriting.api")),
    path("", include("policies.api")),
    path("", include("claims.api")),
    path("", include("accounting.api")),
    re_path("", NoSuchAddress.as_view()),
]
