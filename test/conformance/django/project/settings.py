"""A Django project as the documentation says: Djoser, Simple JWT and django-cors-headers with their defaults."""

import json
import os
import sys
from datetime import timedelta
from pathlib import Path

from django.contrib.auth import hashers

sys.path.append(str(Path(__file__).parents[4] / "cli/django"))

STATE = Path(os.environ["PEER_STATE"])
GIVEN = json.loads(os.environ.get("PEER_SETTINGS", "{}"))

# Django and Gatehouse have the same key, so that a token made by hand gets the same answer from both.
SECRET_KEY = os.environ["PEER_SECRET"]
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "project.urls"
STATIC_URL = "static/"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING_CONFIG = None

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sites",
    "corsheaders",
    "rest_framework",
    "rest_framework.authtoken",
    "rest_framework_simplejwt",
    "rest_framework_simplejwt.token_blacklist",
    "djoser",
]
SITE_ID = 1
MIDDLEWARE = [
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.common.CommonMiddleware",
]
# The middleware is where Django's documentation puts it. The languages are those of Gatehouse.
if GIVEN.get("USE_I18N"):
    MIDDLEWARE.insert(1, "django.middleware.locale.LocaleMiddleware")
LANGUAGES = [("en", "English"), ("es", "Spanish")]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": STATE / "db.sqlite3",
    }
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation." + name}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# The first one hashes new passwords, for speed. The others, and those of cli/django/hashers.py, only verify.
PASSWORD_HASHERS = [
    f"django.contrib.auth.hashers.{name}PasswordHasher"
    for name in (
        *("MD5", "PBKDF2", "PBKDF2SHA1", "Argon2", "BCryptSHA256", "BCrypt", "Scrypt"),
        *("SHA1", "UnsaltedMD5", "UnsaltedSHA1"),
    )
    if hasattr(hashers, f"{name}PasswordHasher")
] + [f"hashers.Argon2{digest}" for digest in ("SHA256", "SHA1", "MD5")]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework_simplejwt.authentication.JWTAuthentication",
        "rest_framework.authentication.TokenAuthentication",
    ],
}

SIMPLE_JWT = {}
DJOSER = {
    "ACTIVATION_URL": "activate/{uid}/{token}",
    "PASSWORD_RESET_CONFIRM_URL": "password/reset/confirm/{uid}/{token}",
    "USERNAME_RESET_CONFIRM_URL": "username/reset/confirm/{uid}/{token}",
    "EMAIL": {
        "activation": "accounts.mail.Activation",
        "confirmation": "accounts.mail.Confirmation",
        "password_reset": "accounts.mail.PasswordReset",
        "password_changed_confirmation": "accounts.mail.PasswordChanged",
        "username_changed_confirmation": "accounts.mail.UsernameChanged",
        "username_reset": "accounts.mail.UsernameReset",
    },
}

# `email`: users log in by email address and have a role. `username`: Django's own User, unchanged.
if os.environ.get("PEER_LOGIN", "email") == "email":
    AUTH_USER_MODEL = "accounts.UserAccount"
    INSTALLED_APPS.append("accounts")
    DJOSER["SERIALIZERS"] = {
        "user": "accounts.serializers.User",
        "current_user": "accounts.serializers.User",
        "user_create": "accounts.serializers.UserCreate",
        "user_create_password_retype": "accounts.serializers.UserCreatePasswordRetype",
    }

# Creates the tables from the models: the same tables as the migrations create, and faster.
MIGRATION_MODULES = {app.rpartition(".")[2]: None for app in INSTALLED_APPS}

DJOSER.update(GIVEN.pop("DJOSER", {}))
REST_FRAMEWORK.update(GIVEN.pop("REST_FRAMEWORK", {}))
for name, value in GIVEN.pop("SIMPLE_JWT", {}).items():
    SIMPLE_JWT[name] = timedelta(seconds=value) if name.endswith("LIFETIME") else value
globals().update(GIVEN)
