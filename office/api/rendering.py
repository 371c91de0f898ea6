"""JSON as the office answers it: amounts as text with two places, never as floats."""

from decimal import Decimal

from rest_framework.renderers import JSONRenderer as FrameworkJSONRenderer
from rest_framework.utils.encoders import JSONEncoder


class Encoder(JSONEncoder):
    """For plain rows; serializers have made text of their decimals before."""

    def default(self, obj):
        return f"{obj:.2f}" if isinstance(obj, Decimal) else super().default(obj)


class JSONRenderer(FrameworkJSONRenderer):
    encoder_class = Encoder
