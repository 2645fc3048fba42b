"""Writes hashes-….json: passwords as each hasher of a Django version encodes them. Requires argon2-cffi and bcrypt.

    python3 test/vectors/hashes.py > test/vectors/hashes-5.2.json

Django 5.2 has no unsalted digests and no salted SHA-1 any more, and 3.2 has no scrypt yet: each writes what it has.
The wrapped digests are read by cli/django/hashers.py before they are written here.
"""

import hashlib
import json
import pathlib
import sys

import argon2
import django
from argon2.low_level import Type, hash_secret
from django.conf import settings

sys.path.append(str(pathlib.Path(__file__).parents[2] / "cli" / "django"))
WRAPPED = ["hashers.Argon2MD5", "hashers.Argon2SHA1", "hashers.Argon2SHA256"]

settings.configure(PASSWORD_HASHERS=[])
django.setup()

from django.contrib.auth import hashers as django_hashers  # noqa: E402
from django.contrib.auth.hashers import check_password, identify_hasher  # noqa: E402
from django.test.utils import override_settings  # noqa: E402

PASSWORDS = {
    "Latin": "correct horse battery staple",
    "Latin with accents": "Señorita Gößmann naïve café",
    "Cyrillic": "правильная лошадь батарейка",
    "Chinese": "密码密码密码密码密码密码",
    "emoji": "🐴🔋📎👩‍👩‍👧‍👦🏳️‍🌈",
    "nothing": "",
    "one letter": "a",
    "with NUL": "before\0after",
    "64 letters": "x" * 64,
    "65 letters": "y" * 65,
    "72 letters": "z" * 72,
    "300 Cyrillic letters": "пароль" * 50,
}

COSTS = {
    "PBKDF2SHA1PasswordHasher": {"iterations": 7},
    "ScryptPasswordHasher": {"work_factor": 16},
    "BCryptSHA256PasswordHasher": {"rounds": 4},
    "BCryptPasswordHasher": {"rounds": 4},
    "MD5PasswordHasher": {},
    "SHA1PasswordHasher": {},
    "UnsaltedMD5PasswordHasher": {},
    "UnsaltedSHA1PasswordHasher": {},
}

# Django's default costs, and the numbers of rounds around which Gatehouse changes to other code.
DEARER = {
    "PBKDF2SHA1PasswordHasher": [{"iterations": 100_000}, {"iterations": 100_001}],
    "ScryptPasswordHasher": [{}, {"block_size": 1}, {"parallelism": 3, "work_factor": 64}],
    "BCryptSHA256PasswordHasher": [{}],
    "BCryptPasswordHasher": [{}],
}

available = [name for name in COSTS if hasattr(django_hashers, name)]


def hasher_of(name, costs):
    hasher = getattr(django_hashers, name)()
    for key, value in costs.items():
        setattr(hasher, key, value)
    return hasher


def encoded_by(hasher, password):
    # Some versions of bcrypt, and Django with them, reject these. Others cut them short.
    if hasher.algorithm == "bcrypt" and ("\0" in password or len(password.encode()) > 72):
        return None
    return hasher.encode(password, hasher.salt())


def plain_vectors(name):
    for label, password in PASSWORDS.items():
        encoded = encoded_by(hasher_of(name, COSTS[name]), password)
        if encoded:
            yield label, password, encoded
    for costs in DEARER.get(name, []):
        hasher = hasher_of(name, costs)
        label = ", ".join(f"{key} {value}" for key, value in costs.items()) or "the default cost"
        yield label, "密码密码", encoded_by(hasher, "密码密码")
    if name == "BCryptPasswordHasher":
        yield from bcrypt_vectors()
    if name == "MD5PasswordHasher":
        yield "a salt that is not ASCII", "密码密码", hasher_of(name, {}).encode("密码密码", "соль 🧂")
    if name == "UnsaltedMD5PasswordHasher":
        yield "an empty salt told", "密码密码", "md5$$" + hasher_of(name, {}).encode("密码密码", "")


def bcrypt_vectors():
    """The hash of a password longer than 72 bytes is the hash of its first 72 bytes."""
    hasher = hasher_of("BCryptPasswordHasher", {"rounds": 4})
    long = "密" * 24 + "more than 72 bytes"
    encoded = hasher.encode(long[:24], hasher.salt())
    yield "73 bytes and more", long, encoded
    yield "2a", "密码密码", hasher.encode("密码密码", hasher.salt().replace(b"$2b$", b"$2a$"))
    yield "2y", "密码密码", hasher.encode("密码密码", hasher.salt()).replace("$2b$", "$2y$")


def old_argon2():
    """As Django before 3.2 wrote it, and as argon2 before 1.3 did."""
    small = {"time_cost": 2, "memory_cost": 512, "parallelism": 2, "hash_len": 16}
    for label, version in (("argon2i", 19), ("argon2i without a version", 16)):
        encoded = hash_secret("密码密码".encode(), b"saltsaltsalt", type=Type.I, version=version, **small)
        yield label, "密码密码", "argon2" + encoded.decode().replace("$v=16", "")


def wrapped():
    small = {"time_cost": 1, "memory_cost": 64, "parallelism": 1, "hash_len": 24}
    for digest in ("md5", "sha1", "sha256"):
        for salt in ("", "c2FsdA"):
            for label in ("Latin", "Cyrillic", "nothing", "with NUL", "300 Cyrillic letters"):
                password = PASSWORDS[label]
                inner = hashlib.new(digest, (salt + password).encode()).hexdigest()
                outer = hash_secret(
                    inner.encode(), b"sixteen letters!", type=Type.ID, version=19, **small
                )
                yield f"{digest} of {label}, salt {salt!r}", password, f"argon2_{digest}${salt}{outer.decode()}"


def checked(vectors):
    """Asserts that Django verifies each, but not with another password, and can show each in its admin."""
    for label, password, encoded in vectors:
        is_cut = encoded.startswith("bcrypt$") and len(password.encode()) > 72
        assert check_password(password[:24] if is_cut else password, encoded), label
        assert not check_password("b" + password[:23], encoded), label
        assert identify_hasher(encoded).safe_summary(encoded), label
        yield {"name": label, "password": password, "encoded": encoded}


groups = {hasher_of(name, {}).algorithm: plain_vectors(name) for name in available}
groups |= {"argon2": old_argon2(), "wrapped": wrapped()}
own = [f"django.contrib.auth.hashers.{name}" for name in ["Argon2PasswordHasher", *available]]

with override_settings(PASSWORD_HASHERS=own + WRAPPED):
    groups = {name: list(checked(vectors)) for name, vectors in groups.items()}


def lines(values):
    return "[\n" + ",\n".join("    " + json.dumps(value) for value in values) + "\n  ]"


# One vector a line, escaped, because some of the characters are invisible.
groups = ",\n".join(f'  "{name}": {lines(vectors)}' for name, vectors in groups.items())
sys.stdout.write(f'{{\n  "django": {json.dumps(django.get_version())},\n{groups}\n}}\n')
