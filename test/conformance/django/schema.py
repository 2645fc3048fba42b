"""Prints the schema of this project that REST framework writes for its own JavaScript client.

With the variables of `./run`: `./run schema.py > ../../clients/django.json`. Only the `old` stack can write it."""

import json
import os
import sys

os.environ["PEER_SETTINGS"] = json.dumps(
    {
        "REST_FRAMEWORK": {
            "DEFAULT_SCHEMA_CLASS": "rest_framework.schemas.coreapi.AutoSchema",
            "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
            "PAGE_SIZE": 2,
        }
    }
)
sys.path.insert(0, os.getcwd())

import django

django.setup()

from project.urls import urlpatterns
from rest_framework.renderers import CoreJSONRenderer
from rest_framework.schemas.coreapi import SchemaGenerator

packages = [each for each in urlpatterns if not str(each.pattern).startswith("caller/")]
generator = SchemaGenerator(title="Django", url="http://localhost:8000/", patterns=packages)
schema = generator.get_schema(public=True)
print(CoreJSONRenderer().render(schema, renderer_context={"indent": 2}).decode())
