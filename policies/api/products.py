"""Products for programs: what an application has to hold, and what may be chosen."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from office import clock
from policies import selectors
from policies.catalogue import label
from policies.models import ProductVersion


class ProductBody(serializers.Serializer):
    """What an application for a product has to hold, and what may be chosen."""

    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    line = serializers.CharField()
    carrier = serializers.CharField()
    version = serializers.IntegerField()
    effective_from = serializers.DateField()
    term_months = serializers.IntegerField()
    jurisdictions = serializers.ListField(child=serializers.CharField())
    risk_schema = serializers.DictField(help_text="JSON Schema (2020-12) of `application`.")
    coverages = serializers.ListField(child=serializers.DictField())
    causes = serializers.DictField(child=serializers.CharField())
    pay_plans = serializers.DictField(child=serializers.CharField())


class ProductList(APIView):
    """The products on sale, each in the version in force today."""

    scope = "policies"

    @extend_schema(
        operation_id="products_list", tags=["products"], responses={200: ProductBody(many=True)}
    )
    def get(self, request):
        versions = ProductVersion.objects.in_force(on=clock.today()).defer("definition")
        found = [selectors.product_definition(version) for version in versions]
        return Response(ProductBody([_product(one) for one in found], many=True).data)


def _product(definition):
    return {
        **{
            name: getattr(definition, name)
            for name in (
                "code", "kind", "line", "carrier", "version", "effective_from", "term_months",
                "jurisdictions", "risk_schema",
            )
        },
        "name": label(definition.names),
        "coverages": [_coverage(coverage) for coverage in definition.coverages],
        "causes": {cause.code: label(cause.names) for cause in definition.causes},
        "pay_plans": {plan.code: label(plan.names) for plan in definition.pay_plans},
    }  # fmt: skip


def _coverage(coverage):
    return {
        "code": coverage.code,
        "name": label(coverage.names),
        "per": coverage.per,
        "mandatory_in": sorted(coverage.mandatory),
        "limits": [option.code for option in coverage.limit.options] if coverage.limit else [],
        "deductibles": [option.code for option in coverage.deductible.options]
        if coverage.deductible
        else [],
    }
