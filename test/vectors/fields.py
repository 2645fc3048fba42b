"""Writes what REST framework's fields return for values: `python3 test/vectors/fields.py > test/vectors/fields.json`."""

import datetime
import json

import django
from django.conf import settings

settings.configure(USE_TZ=True, TIME_ZONE="UTC")
django.setup()

from rest_framework import serializers  # noqa: E402

# With None, since JSON has null.
VALUES = [
    *(None, True, False, 0, 1, -1, 7, 8, 1.0, 1.5, 1e300, [], [1], {}, {"a": 1}),
    *("", " ", "1", " 1 ", "+1", "-1", "1.0", "1.", "1.5", ".5", "1e3", "0x1", "one", "9" * 1001),
    *("true", "True", "TRUE", "t", "yes", "on", "y", "false", "False", "f", "no", "off", "n", "null"),
    *("2026-02-28T10:11:12Z", "2026-02-30T10:11:12Z", "2026-02-28 10:11", "2026-02-28"),
    *("2026-02-28T10:11:12.123456Z", "2026-02-28T10:11:12,5+02:00", "2026-02-28T10:11:12-0530"),
    *("2026-02-28T10:11:12+02", "2026-2-8T1:1", "2026-02-28T24:00:00Z", "2026-02-28T10:60:00Z"),
    *("10:11", "2026-02-28T10:11:12.Z", "0000-01-01T00:00:00Z"),
]
FIELDS = {
    "integer": serializers.IntegerField(min_value=0, max_value=7),
    "number": serializers.FloatField(min_value=-1, max_value=7.5),
    "boolean": serializers.BooleanField(),
    "dateTime": serializers.DateTimeField(),
}


def outcome(field, value):
    try:
        made = field.run_validation(value)
    except serializers.ValidationError as error:
        return {"errors": error.detail}
    if isinstance(made, datetime.datetime):
        made = int(made.timestamp() * 1000)
    return {"value": made}


print(
    json.dumps(
        {name: [[value, outcome(field, value)] for value in VALUES] for name, field in FIELDS.items()}
    )
)
