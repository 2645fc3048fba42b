"""The names of the packages' settings, and their endpoints with the methods of each."""

import re
from pathlib import Path

import corsheaders.conf
import djoser
import djoser.conf
import rest_framework.settings
import rest_framework_simplejwt.settings
from django.conf import settings
from django.urls import get_resolver

PACKAGE = Path(djoser.__file__).parent


def settings_by_package():
    return {
        "djoser": sorted(set(djosers())),
        "simplejwt": sorted(rest_framework_simplejwt.settings.DEFAULTS),
        "drf": sorted(rest_framework.settings.DEFAULTS),
        "cors": [name for name in dir(corsheaders.conf.Settings) if name.isupper()],
    }


def djosers():
    """Djoser's settings: those with a default, a dictionary by its keys, and those that its code only reads."""
    for name, value in djoser.conf.default_settings.items():
        yield from [f"{name}.{part}" for part in value] if isinstance(value, dict) else [name]
    for file in PACKAGE.rglob("*.py"):
        for name in re.findall(r"\bsettings\.([A-Z_]+_URL)\b", file.read_text()):
            yield name


def endpoints():
    found = {}
    for path, view in walk(get_resolver(), ""):
        if "format" not in path and not class_of(view).__module__.startswith("project."):
            found.setdefault(f"/{path}", set()).update(methods_of(view))
    # For parts that are not installed here, the paths come from their urls.py. Their views accept POST.
    for part, methods in (("social", {"GET", "POST"}), ("webauthn", {"POST"})):
        file = PACKAGE / part / "urls.py"
        for pattern in re.findall(r'r"\^([^"]+)"', file.read_text()) if file.exists() else []:
            prefix = "" if part == "social" else "webauthn/"
            found[f"/auth/{prefix}{plain(pattern)}"] = methods
    return {path: sorted(methods) for path, methods in sorted(found.items())}


def walk(resolver, prefix):
    for pattern in resolver.url_patterns:
        path = prefix + plain(str(pattern.pattern))
        if hasattr(pattern, "url_patterns"):
            yield from walk(pattern, path)
        else:
            yield path, pattern.callback


def plain(pattern):
    named = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", pattern)
    path = re.sub(r"[\^$?]|\\Z", "", named)
    return path if path.endswith("/") or "." in path or not path else f"{path}/"


def class_of(view):
    return getattr(view, "cls", None) or view.view_class


def methods_of(view):
    actions = getattr(view, "actions", None) or [
        method for method in ("get", "post", "put", "patch", "delete") if hasattr(class_of(view), method)
    ]
    return {method.upper() for method in actions} - {"HEAD"}


names = {"settings": settings_by_package(), "endpoints": endpoints()}
