"""The doors of claims for programs."""

from django.urls import path

from claims.api import acts
from claims.api.doors import ClaimDetail, ClaimFile, ClaimFiles, ClaimLetter, ClaimList

urlpatterns = [
    path("claims/", ClaimList.as_view(), name="api-claims"),
    path("claims/<slug:number>/", ClaimDetail.as_view(), name="api-claim"),
    path("claims/<slug:number>/files/", ClaimFiles.as_view(), name="api-claim-files"),
    path("claims/<slug:number>/files/<uuid:pk>/", ClaimFile.as_view(), name="api-claim-file"),
    path("claims/<slug:number>/letters/<int:pk>/", ClaimLetter.as_view(), name="api-claim-letter"),
    *acts.urlpatterns,
]
