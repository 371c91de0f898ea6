"""Products and policies for programs."""

from django.urls import path

from policies.api import acts
from policies.api.policies import PolicyDetail, PolicyDocuments, PolicyList, PolicyPaper
from policies.api.products import ProductList
from policies.api.transactions import TransactionBody, TransactionList, TransactionReversal

__all__ = ["TransactionBody", "urlpatterns"]

urlpatterns = [
    *acts.urlpatterns,
    path("products/", ProductList.as_view(), name="api-products"),
    path("policies/", PolicyList.as_view(), name="api-policies"),
    path("policies/<slug:number>/", PolicyDetail.as_view(), name="api-policy"),
    path(
        "policies/<slug:number>/documents/",
        PolicyDocuments.as_view(),
        name="api-policy-documents",
    ),
    path(
        "policies/<slug:number>/documents/<uuid:pk>/",
        PolicyPaper.as_view(),
        name="api-policy-document",
    ),
    path(
        "policies/<slug:number>/transactions/",
        TransactionList.as_view(),
        name="api-policy-transactions",
    ),
    path(
        "policies/<slug:number>/transactions/<int:term>/<int:sequence>/reverse/",
        TransactionReversal.as_view(),
        name="api-policy-reverse",
    ),
]
