"""Djoser's emails. They are not sent but appended to $PEER_STATE/mail.jsonl, as lines of JSON."""

import json

from django.conf import settings as django_settings
from django.contrib.auth.tokens import default_token_generator
from djoser import utils
from djoser.conf import settings


class Mail:
    kind = ""
    url_setting = ""

    def __init__(self, request, context):
        self.user = context["user"]

    def send(self, to):
        row = {"kind": self.kind, "to": to}
        if self.url_setting:
            row["uid"] = utils.encode_uid(self.user.pk)
            row["token"] = default_token_generator.make_token(self.user)
            row["url"] = getattr(settings, self.url_setting).format(**row)
        with open(django_settings.STATE / "mail.jsonl", "a") as file:
            file.write(json.dumps(row) + "\n")


def mail(kind, url_setting=""):
    return type(kind, (Mail,), {"kind": kind, "url_setting": url_setting})


Activation = mail("activation", "ACTIVATION_URL")
Confirmation = mail("confirmation")
PasswordReset = mail("password_reset", "PASSWORD_RESET_CONFIRM_URL")
PasswordChanged = mail("password_changed_confirmation")
UsernameChanged = mail("username_changed_confirmation")
UsernameReset = mail("username_reset", "USERNAME_RESET_CONFIRM_URL")
