"""For a Django that imports users from Gatehouse: hashers that verify the digests that Gatehouse wrapped in argon2id.

Copy this file into your project, and append its three classes to PASSWORD_HASHERS:

    PASSWORD_HASHERS = [..., "project.hashers.Argon2SHA256", "project.hashers.Argon2SHA1",
                        "project.hashers.Argon2MD5"]

At the user's next login, the first hasher replaces such a hash. Requires argon2-cffi.
"""

import hashlib

from django.contrib.auth.hashers import Argon2PasswordHasher


class WrappedDigest(Argon2PasswordHasher):
    """`argon2_md5$<salt>$argon2id$v=19$…`: argon2 of the hexadecimal digest of salt and password."""

    def encode(self, password, salt):
        raise NotImplementedError("This hasher only verifies imported hashes.")

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
