"""The users of the round trip, in the database of a running Django: a thousand, or two hundred with UUIDs. `people FOUND` creates them. After they have
logged in, `hash` gives each the hash of another hasher, and disables some."""

import json
import os
import sys
import uuid

import django

django.setup()

from django.contrib.auth import get_user_model
from hashing import by_hasher, ways
from rest_framework.authtoken.models import Token

User = get_user_model()
BY_UUID = os.environ["PEER_PK"] == "uuid"
COUNT = 200 if BY_UUID else 1000
FIELDS = [name for name in ("id", "username", "email", "first_name") if hasattr(User, name)]
NAMES = ["O'Hopper;\n-- ", '\\ "\t\' `$1 %s {} ', "Zoë 👩‍👩‍👧‍👦", "cafe\u0301", "עברית\u202e", "X'00'", "𝔘" * 149, "null", "a\r\nb\u2028"]
PASSWORDS = ["correct horse", "cafe\u0301 nai\u0308ve", "правильная 密码", "🐴🔋👩‍👩‍👧‍👦", "z" * 80, "'; DROP TABLE users; --"]
DEFAULT_COSTS = ["PBKDF2", "Argon2", "BCryptSHA256", "Scrypt"]


def person(index):
    name = NAMES[index % len(NAMES)]
    number = 2 * index + 1
    names = {"username": f"{name[:140].strip()} {index}", "email": f"Person.{index}@Example.com"}
    return {
        "number": number,
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, str(index))) if BY_UUID else number,
        **names,
        "login": {User.USERNAME_FIELD: names[User.USERNAME_FIELD]},
        "first_name": name,
        "password": f"{PASSWORDS[index % len(PASSWORDS)]} {index}" if index % 25 else None,
        "active": index % 20 != 7,
        "holder": index % 8 == 3,
        "key": f"{index:040x}" if index % 8 == 0 else None,
    }


PEOPLE = [person(index) for index in range(COUNT)]


def people():
    User.objects.all().delete()
    users = [
        User(**{name: each[name] for name in FIELDS}) for each in PEOPLE
    ]
    for user, each in zip(users, PEOPLE):
        user.set_password(each["password"])
    User.objects.bulk_create(users)
    Token.objects.bulk_create(
        Token(user_id=each["id"], key=each["key"]) for each in PEOPLE if each["key"]
    )
    with open(sys.argv[2], "w") as file:
        json.dump(PEOPLE, file)


def hash():
    quick, _ = ways()
    quick = [encode for name, encode in quick.items() if name != "unusable"]
    dear = [by_hasher(name, {}) for name in DEFAULT_COSTS]
    users = [User(id=each["id"], is_active=each["active"]) for each in PEOPLE]
    for index, (user, each) in enumerate(zip(users, PEOPLE)):
        if each["password"]:
            encode = dear[index - 1] if 0 < index <= len(dear) else quick[index % len(quick)]
            user.password = encode(each["password"])
    hashed = [user for user in users if user.password]
    User.objects.bulk_update(hashed, ["password"])
    User.objects.bulk_update(users, ["is_active"])


{"people": people, "hash": hash}[sys.argv[1]]()
