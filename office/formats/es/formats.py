DATE_FORMAT = "j b Y"
SHORT_DATE_FORMAT = "j b"
DATETIME_FORMAT = "j b Y, H:i"
SHORT_DATETIME_FORMAT = "j b, H:i"
TIME_FORMAT = "H:i"
# As office.money writes it: Spanish of the United States, not of Spain (CLDR es_US).
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
