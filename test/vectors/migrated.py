"""Writes the files of test/vectors/migrated/: one small Django database, as each kind of file that the import reads.

Requires django, djangorestframework, djangorestframework-simplejwt and argon2-cffi; if PGHOST
names a PostgreSQL server and `--postgres` is given, it writes pg_dump's own `COPY` text instead of the other files.

    python3 test/vectors/migrated.py
"""

import csv
import datetime
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent / "migrated"
SIGNING_KEY = "a-signing-key-of-django-0123456789-0123456789"
database = HERE / "django.sqlite3"
on_postgres = "PGHOST" in os.environ and "--postgres" in sys.argv
HERE.mkdir(exist_ok=True)
if not on_postgres:
    database.unlink(missing_ok=True)

import django  # noqa: E402
from django.conf import settings  # noqa: E402

engine = (
    {"ENGINE": "django.db.backends.postgresql", "NAME": "gatehouse_vectors", "HOST": os.environ.get("PGHOST"),
     "PORT": os.environ.get("PGPORT", ""), "USER": os.environ.get("PGUSER", "postgres")}
    if on_postgres
    else {"ENGINE": "django.db.backends.sqlite3", "NAME": str(database)}
)
settings.configure(
    SECRET_KEY=SIGNING_KEY,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    DATABASES={"default": engine},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "rest_framework.authtoken",
        "rest_framework_simplejwt.token_blacklist",
    ],
    SIMPLE_JWT={
        # Longer than these files will be used.
        "REFRESH_TOKEN_LIFETIME": datetime.timedelta(days=20_000),
        "ACCESS_TOKEN_LIFETIME": datetime.timedelta(days=20_000),
    },
)
django.setup()

from django.contrib.auth.hashers import PBKDF2PasswordHasher  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402
from rest_framework_simplejwt.tokens import RefreshToken  # noqa: E402

call_command("migrate", verbosity=0)

UTC = datetime.timezone.utc


def person(id, username, email, **fields):
    password = PBKDF2PasswordHasher().encode(f"the password of {username}", "saltsaltsaltsaltsaltsa", 1000)
    fields = {"password": password, **fields}
    return User.objects.create(
        id=id, username=username, email=email,
        date_joined=datetime.datetime(2019, 3, 4, 5, 6, 7, 890123, UTC), **fields,
    )


ada = person(7, "ada", "Ada@example.com", first_name="Ada", last_name="Lovelace",
             last_login=datetime.datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC))
grace = person(8, "grace", "grace@example.com", first_name="Gr\\ace\t\"'", last_name="O'Hopper;\n-- ",
               is_staff=True, is_superuser=True)
gone = person(11, "gone", "gone@example.com", is_active=False)
olga = person(300, "ольга", "olga@example.com", first_name="Ольга 🐴",
              last_name="BEGIN TRANSACTION; COMMIT;", password="!unusable")

key = Token.objects.create(user=ada, key="0123456789abcdef0123456789abcdef01234567")
good, dead = RefreshToken.for_user(ada), RefreshToken.for_user(ada)
dead.blacklist()

if on_postgres:
    dump = ["pg_dump", "--data-only", "gatehouse_vectors"]
    for table in ["auth_user", "authtoken_token", "token_blacklist_outstandingtoken",
                  "token_blacklist_blacklistedtoken"]:
        dump += ["-t", table]
    (HERE / "copy.sql").write_bytes(subprocess.run(dump, check=True, capture_output=True).stdout)
else:
    call_command("dumpdata", "auth.user", "authtoken", "token_blacklist", indent=1,
                 output=str(HERE / "dumpdata.json"))
    connection = sqlite3.connect(database)
    # What the import does not read is dropped, so that the file stays small.
    kept = ("auth_user", "authtoken_token", "token_blacklist_outstandingtoken",
            "token_blacklist_blacklistedtoken")
    names = [name for (name,) in connection.execute(
        "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")]
    for name in names:
        if name not in kept:
            connection.execute(f'drop table "{name}"')
    connection.commit()
    connection.execute("vacuum")
    for name in ("auth_user", "authtoken_token"):
        rows = connection.execute(f"select * from {name}")
        with open(HERE / f"{name}.csv", "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([column for (column, *_) in rows.description])
            writer.writerows(rows)
    connection.close()
    (HERE / "issued.json").write_text(json.dumps(
        {"signingKey": SIGNING_KEY, "key": key.key, "access": str(good.access_token),
         "refresh": str(good), "blacklisted": str(dead)}, indent=2) + "\n")
