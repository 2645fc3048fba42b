"""For a Django that takes users back from Gatehouse: reads the digests that the import wrapped in argon2id.

Put the file into a project, and the three classes behind those that PASSWORD_HASHERS has:

    PASSWORD_HASHERS = [..., "project.hashers.Argon2SHA256", "project.hashers.Argon2SHA1",
                        "project.hashers.Argon2MD5"]

Each such hash is replaced by the first hasher's at the user's next log-in. Wants argon2-cffi.
"""

import hashlib

from django.contrib.auth.hashers import Argon2PasswordHasher


class WrappedDigest(Argon2PasswordHasher):
    """`argon2_md5$<salt>$argon2id$v=19$…`: argon2 of the hexadecimal digest of salt and password."""

    def encode(self, password, salt):
        raise NotImplementedError("It reads what was imported, and writes nothing.")

    def verify(self, password, encoded):
        _, salt, argon2 = encoded.split("$", 2)
        digest = hashlib.new(self.digest, (salt + password).encode()).hexdigest()
        return super().verify(digest, f"{self.algorithm}${argon2}")

    def decode(self, encoded):
        algorithm, _, argon2 = encoded.split("$", 2)
        return super().decode(f"{algorithm}${argon2}")


class Argon2MD5(WrappedDigest):
    algorithm, digest = "argon2_md5", "md5"


class Argon2SHA1(WrappedDigest):
    algorithm, digest = "argon2_sha1", "sha1"


class Argon2SHA256(WrappedDigest):
    algorithm, digest = "argon2_sha256", "sha256"
