"""The application. Creates its tables and superuser, and writes the names and versions of its packages to files."""

import json
from importlib.metadata import version

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db.backends.signals import connection_created

PACKAGES = (
    "Django",
    "djangorestframework",
    "djoser",
    "djangorestframework_simplejwt",
    "django_cors_headers",
    "PyJWT",
)

application = get_wsgi_application()


@connection_created.connect
def hasten(connection, **_):
    """No data must survive a power failure."""
    connection.cursor().execute("PRAGMA synchronous = OFF")


call_command("migrate", run_syncdb=True, verbosity=0)

User = get_user_model()
name = {"username": "admin"} if User.USERNAME_FIELD == "username" else {}
User.objects.create_superuser(email="admin@example.com", password="admin-pass-1234", **name)

versions = {package: version(package) for package in PACKAGES}
(settings.STATE / "versions.json").write_text(json.dumps(versions))

from project.names import names  # noqa: E402, once Django is set up

(settings.STATE / "names.json").write_text(json.dumps(names))
