"""The application. SQLite writes ahead, as D1's does, so that readers and writers do not wait for each other."""

from django.core.wsgi import get_wsgi_application
from django.db.backends.signals import connection_created

application = get_wsgi_application()


@connection_created.connect
def write_ahead(connection, **_):
    connection.cursor().execute("PRAGMA journal_mode = WAL")
    connection.cursor().execute("PRAGMA synchronous = NORMAL")
