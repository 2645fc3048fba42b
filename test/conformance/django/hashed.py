"""Creates users in the database of a running Django.

`make GIVEN FOUND` replaces all users: it creates one for each password and hasher. `take GIVEN` adds the users that
Gatehouse exported."""

import hashlib
import json
import os
import sys

import django

django.setup()

from django.contrib.auth import get_user_model
from hashing import ways

User = get_user_model()
STACK = os.environ["PEER_STACK"]
FIRST_ID = {"old": 1_000, "new": 5_000}[STACK]  # Gatehouse imports the users of both stacks


def make(passwords):
    found, lacking = ways()
    # Django cannot verify this hash. The test compares with the answer for the wrapped one.
    found["SHA256"] = lambda password: hashlib.sha256(password.encode()).hexdigest()
    people = []
    for name, encode in found.items():
        for number, password in enumerate(passwords):
            try:
                encoded = encode(password)
            except ValueError as error:  # bcrypt rejects NUL
                lacking[f"{name} of {password!r}"] = str(error)
                continue
            person = {"id": FIRST_ID + len(people), "hasher": name, "email": email_of(name, number)}
            person["like"] = email_of("Argon2SHA256" if name == "SHA256" else name, number)
            people.append({**person, "password": password, "encoded": encoded})
    User.objects.all().delete()
    take(people)
    return {"people": people, "lacking": lacking}


def email_of(name, number):
    return f"{STACK}.{name}.{number}@example.com".replace(", ", ".").lower()


def take(people):
    User.objects.bulk_create(
        User(id=person.get("id"), email=person["email"], password=person["encoded"]) for person in people
    )


verb, *files = sys.argv[1:]
with open(files[0]) as file:
    found = {"make": make, "take": take}[verb](json.load(file))
if verb == "make":
    with open(files[1], "w") as file:
        json.dump(found, file)
