"""Prints the packages that the bench measures. Fails where one is missing."""

import platform
from importlib.metadata import version

import django.contrib.auth.hashers as hashers

hasher = hashers.PBKDF2PasswordHasher
packages = ("Django", "djangorestframework", "djoser", "djangorestframework_simplejwt", "gunicorn")
print(", ".join(["Python " + platform.python_version()] + [f"{name} {version(name)}" for name in packages]))
print(f"{hasher.algorithm}, {hasher.iterations} iterations: its default")
