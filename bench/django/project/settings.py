"""Djoser and Simple JWT as their documentation sets them up, for load: no debugging, no mail, no throttles."""

import os
import sys
from pathlib import Path

# The user model of the conformance suite is Gatehouse's: login by email, with names and a role.
sys.path.append(str(Path(__file__).parents[3] / "test/conformance/django"))

SECRET_KEY = "a-secret-key-of-the-bench-0123456789-0123456789"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "project.urls"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING_CONFIG = None

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "corsheaders",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "djoser",
    "accounts",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.common.CommonMiddleware",
]
if "BENCH_COUNTS_QUERIES" in os.environ:
    MIDDLEWARE.insert(0, "project.counting.count_queries")
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]

# A connection stays open, so that no request pays for a new one.
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(os.environ["BENCH_STATE"]) / "db.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {"timeout": 20},
    }
}

# PASSWORD_HASHERS is Django's default.
AUTH_USER_MODEL = "accounts.UserAccount"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation." + name}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework_simplejwt.authentication.JWTAuthentication",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
SIMPLE_JWT = {"ROTATE_REFRESH_TOKENS": True, "BLACKLIST_AFTER_ROTATION": True}
DJOSER = {
    "SERIALIZERS": {
        "user": "accounts.serializers.User",
        "current_user": "accounts.serializers.User",
        "user_create": "accounts.serializers.UserCreate",
    },
}
