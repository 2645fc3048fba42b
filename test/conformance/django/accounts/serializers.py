"""Djoser's user bodies with the role shown after the last name, and not writable."""

from djoser import serializers as djoser


def with_role(fields):
    after = fields.index("last_name") + 1
    return (*fields[:after], "role", *fields[after:])


class User(djoser.UserSerializer):
    class Meta(djoser.UserSerializer.Meta):
        fields = with_role(djoser.UserSerializer.Meta.fields)
        read_only_fields = (*djoser.UserSerializer.Meta.read_only_fields, "role")


class UserCreate(djoser.UserCreateSerializer):
    class Meta(djoser.UserCreateSerializer.Meta):
        fields = with_role(djoser.UserCreateSerializer.Meta.fields)
        read_only_fields = ("role",)


class UserCreatePasswordRetype(djoser.UserCreatePasswordRetypeSerializer):
    class Meta(UserCreate.Meta):
        pass
