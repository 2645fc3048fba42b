"""Puts users into the database of a Django that runs: `make GIVEN FOUND` of each password by each hasher, `take
GIVEN` of what Gatehouse has of them."""

import hashlib
import json
import sys

import django

django.setup()

from django.contrib.auth import get_user_model
from hashing import ways

User = get_user_model()


def make(passwords):
    found, lacking = ways()
    people = []
    for name, encode in found.items():
        for number, password in enumerate(passwords):
            try:
                encoded = encode(password)
            except ValueError as error:  # bcrypt takes no NUL
                lacking[f"{name} of {password!r}"] = str(error)
                continue
            email = f"{name}.{number}@example.com".replace(", ", ".").lower()
            people.append({"email": email, "hasher": name, "password": password, "encoded": encoded})
            people[-1]["bare"] = bare_of(name, password, encoded)
    take(people)
    return {"people": people, "lacking": lacking}


def bare_of(name, password, encoded):
    """What an import would wrap; Django has no hasher for a SHA-256 that nothing is wrapped around."""
    if name == "Argon2SHA256":
        return hashlib.sha256(password.encode()).hexdigest()
    return encoded if name in ("MD5", "SHA1", "UnsaltedMD5", "UnsaltedSHA1") else None


def take(people):
    User.objects.bulk_create(
        User(email=person["email"], password=person["encoded"]) for person in people
    )


verb, *files = sys.argv[1:]
with open(files[0]) as file:
    found = {"make": make, "take": take}[verb](json.load(file))
if verb == "make":
    with open(files[1], "w") as file:
        json.dump(found, file)
