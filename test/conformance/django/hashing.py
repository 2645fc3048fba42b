"""Ways to hash a password in Django: its own hashers, the argon2 parameters of older versions, and wrapped digests."""

import hashlib
import secrets

from django.contrib.auth import hashers

QUICK = {
    "PBKDF2": {"iterations": 1000},
    "PBKDF2SHA1": {"iterations": 1000},
    "Argon2": {"memory_cost": 64, "time_cost": 1, "parallelism": 2},
    "BCryptSHA256": {"rounds": 4},
    "BCrypt": {"rounds": 4},
    "Scrypt": {"work_factor": 16},
    "MD5": {},
    "SHA1": {},
    "UnsaltedMD5": {},
    "UnsaltedSHA1": {},
}


def by_hasher(name, costs):
    if not hasattr(hashers, f"{name}PasswordHasher"):
        raise LookupError("it has no such hasher")
    hasher = getattr(hashers, f"{name}PasswordHasher")()
    if hasher.library:
        hasher._load_library()  # raises an error that names the missing library
    for key, value in costs.items():
        setattr(hasher, key, value)
    return lambda password: hashers.make_password(password, hasher=hasher)


def argon2(type, before="argon2", hash_len=16):
    from argon2.low_level import Type, hash_secret

    costs = {"time_cost": 1, "memory_cost": 64, "parallelism": 1, "hash_len": hash_len}
    return lambda text: before + hash_secret(
        text.encode(), secrets.token_bytes(16), type=Type[type], **costs
    ).decode()


def wrapped(digest, salt):
    """Wraps a bare digest as the import does. cli/django/hashers.py verifies it in Django."""
    outer = argon2("ID", f"argon2_{digest}${salt}", 24)
    return lambda password: outer(hashlib.new(digest, (salt + password).encode()).hexdigest())


WAYS = {
    **{name: lambda name=name: by_hasher(name, QUICK[name]) for name in QUICK},
    "Argon2, argon2i": lambda: argon2("I"),
    "Argon2, argon2d": lambda: argon2("D"),
    "Argon2SHA256": lambda: wrapped("sha256", ""),
    "Argon2SHA1": lambda: wrapped("sha1", ""),
    "Argon2MD5, salted": lambda: wrapped("md5", "c2FsdA"),
    "unusable": lambda: lambda password: hashers.make_password(None),
}


def ways():
    """The ways that work here, by name; and why each of the others does not."""
    found, lacking = {}, {}
    for name, way in WAYS.items():
        try:
            found[name] = way()
        except (LookupError, ImportError, ValueError) as error:
            lacking[name] = str(error)
    return found, lacking
