"""Writes passwords.json: passwords as Django 5.2 encodes and validates them. Requires django and argon2-cffi.

    python3 test/vectors/passwords.py > test/vectors/passwords.json
"""

import hashlib
import json
import sys

import argon2
import django
from argon2.low_level import Type, hash_secret
from django.conf import settings

VALIDATORS = [
    "UserAttributeSimilarityValidator",
    "MinimumLengthValidator",
    "CommonPasswordValidator",
    "NumericPasswordValidator",
]

settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    AUTH_PASSWORD_VALIDATORS=[
        {"NAME": f"django.contrib.auth.password_validation.{name}"} for name in VALIDATORS
    ],
)
django.setup()

from django.contrib.auth.hashers import Argon2PasswordHasher, PBKDF2PasswordHasher  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.auth.password_validation import validate_password  # noqa: E402
from django.core.exceptions import ValidationError  # noqa: E402

PASSWORDS = {
    "Latin": "correct horse battery staple",
    "Latin with accents": "Señorita Gößmann naïve café",
    "Cyrillic": "правильная лошадь батарейка",
    "Chinese": "密码密码密码密码密码密码",
    "Arabic": "كلمة المرور الصحيحة",
    "emoji": "🐴🔋📎👩‍👩‍👧‍👦🏳️‍🌈",
    "one letter": "a",
    "one space": " ",
    "one emoji": "🔑",
    "seven bytes": "seven77",
    "with NUL": "before\0after",
    "with a combining accent": "cafe\u0301 cafe\u0301",
    "64 letters": "x" * 64,
    "65 letters": "y" * 65,
    "4096 letters": ("0123456789abcdef" * 256),
    "4096 Cyrillic letters": ("пароль" * 683)[:4096],
}


# As since argon2-cffi 21.2. Before, it made 16 bytes.
argon2.DEFAULT_HASH_LENGTH = 32


def django_argon2(password, salt, memory, time, lanes):
    hasher = Argon2PasswordHasher()
    hasher.memory_cost, hasher.time_cost, hasher.parallelism = memory, time, lanes
    return hasher.encode(password, salt)


def argon2_of(password, salt, **parameters):
    """Types, versions and lengths that Django does not write, but verifies."""
    encoded = "argon2" + hash_secret(password.encode(), salt, **parameters).decode()
    assert Argon2PasswordHasher().verify(password, encoded)
    return encoded


def argon2_vectors():
    for name, password in PASSWORDS.items():
        yield name, password, django_argon2(password, Argon2PasswordHasher().salt(), 64, 1, 1)
    pile = PASSWORDS["Chinese"]
    yield "the default cost here", pile, django_argon2(pile, "saltsaltsaltsaltsaltsa", 19456, 2, 1)
    yield "the default cost of Django", pile, django_argon2(pile, "saltsaltsaltsaltsaltsa", 102400,
    2, 8)
    yield "a salt that is not ASCII", pile, django_argon2(pile, "соль-сіль-sól", 64, 1, 1)
    small = {"time_cost": 2, "memory_cost": 512, "parallelism": 2}
    yield "argon2i in 16 bytes, as before Django 3.2", pile, argon2_of(
        pile, b"saltsaltsalt", type=Type.I, version=19, hash_len=16, **small
    )
    yield "argon2d", pile, argon2_of(
        pile, b"saltsaltsalt", type=Type.D, version=19, hash_len=32, **small
    )
    yield "version 16 and 64 bytes of hash", pile, argon2_of(
        pile, b"saltsaltsalt", type=Type.ID, version=16, hash_len=64, **small
    )
    yield "any salt bytes", pile, argon2_of(
        pile, bytes(range(240, 256)), type=Type.ID, version=19, hash_len=32, **small
    )


def pbkdf2_vectors():
    hasher = PBKDF2PasswordHasher()
    for name, password in PASSWORDS.items():
        yield name, password, hasher.encode(password, hasher.salt(), 1)
    pile = PASSWORDS["Cyrillic"]
    for rounds in [2, 1000, 100_000, 100_001, 600_000]:
        yield f"{rounds} rounds", pile, hasher.encode(pile, hasher.salt(), rounds)
    yield "a salt that is not ASCII", pile, hasher.encode(pile, "соль 🧂", 10)
    yield "a salt of one letter", pile, hasher.encode(pile, "s", 10)


def sha256_vectors():
    for name, password in PASSWORDS.items():
        yield name, password, hashlib.sha256(password.encode()).hexdigest()
    yield "upper case", "Passwort", hashlib.sha256(b"Passwort").hexdigest().upper()


ADA = {"username": "adalovelace", "first_name": "Ada", "last_name": "Lovelace",
       "email": "ada.lovelace@analytical-engine.example"}
OLGA = {"username": "ольга_77", "first_name": "Ольга", "last_name": "Ладыженская",
        "email": "olga@пример.рф"}
TURK = {"username": "ISIKLI", "first_name": "İsmail", "last_name": "Işıklı",
        "email": "ISMAIL@ışık.example"}
GREEK = {"username": "ΟΔΥΣΣΕΥΣ", "first_name": "ΣΊΣΥΦΟΣ", "last_name": "ΑΣ", "email": "Σ@ΑΣ.ΑΣ"}
CHINA = {"username": "李雷2024", "first_name": "雷", "last_name": "李", "email": "lilei@例子.中国"}
EMOJI = {"username": "🐴🔋📎💎🔑", "first_name": "👩‍👧", "last_name": "न्ज़ीर अहमद",
         "email": "cafe\u0301-noir@nai\u0308ve.example"}
ODD = {"username": "a_b-c.d", "first_name": "  ", "last_name": "x" * 150, "email": "@"}
NONE = {"username": "", "first_name": "", "last_name": "", "email": ""}
PEOPLE = [ADA, OLGA, TURK, GREEK, CHINA, EMOJI, ODD, NONE]

PLAIN = [
    "", " ", "        ", "short", "1234567", "12345678", "123456789012", "password", "PASSWORD",
    " Password1 ", "\tpassword\n", "\x1cpassword\x1f", "\x85qwertyui\xa0", "\ufeffpassword",
    "\u200bpassword", "\u3000password\u2029", "pass word", "pas\nsword", "password\n123456",
    "пароль", "ПАРОЛЬ", "йцукен",
    "ЙЦУКЕН", "любовь", "friend of joan", "FRIEND OF JOAN", "correct horse battery staple",
    "zxcvbnm123", "iloveyou!", "trustno1", "TRUSTNO1", "pokemon", "PO\u212aEMON", "İloveyou",
    "ıloveyou", "ILOVEYOU", "ſunshine", "sunshıne", "\uff50\uff41\uff53\uff53word",
    "٠١٢٣٤٥٦٧", "०१२३४५६७८", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕", "²²²²³³³³¹", "①②③④⑤⑥⑦⑧", "⑩⑩⑩⑩⑩⑩⑩⑩", "⁰⁴⁵⁶⁷⁸⁹₀₉",
    "ⅠⅡⅢⅣⅤⅥⅦⅧ", "½½½½½½½½", "一二三四五六七八", "፩፪፫፬፭፮፯፰", "፲፲፲፲፲፲፲፲", "❶❷❸❹❺❻❼❽❾", "❿❿❿❿❿❿❿❿",
    "🄀🄁🄂🄃🄄🄅🄆🄇", "𐩀𐩁𐩂𐩃𐩀𐩁𐩂𐩃", "1234567 8", "12345678\n", "-12345678", "1_000_000_0", "᧐᧑᧒᧓᧔᧕᧖᧚",
    "⓪⓵⓶⓷⓸⓹⓺⓻", "⓿⓿⓿⓿⓿⓿⓿⓿", "⒈⒉⒊⒋⒌⒍⒎⒏", "⑴⑵⑶⑷⑸⑹⑺⑻", "➀➁➂➃➄➅➆➇", "➊➋➌➍➎➏➐➑", "𑁒𑁓𑁔𑁕𑁖𑁗𑁘𑁙",
    "🐴🐴🐴🐴", "🐴🐴🐴🐴🐴🐴🐴", "🐴🐴🐴🐴🐴🐴🐴🐴", "密码密码密码密", "密码密码密码密码", "e\u0301e\u0301e\u0301e\u0301",
    "👩‍👩‍👧‍👦", "1" * 4096, "x" * 4096, "a" * 149 + "b",
]

CLOSE = [
    "adalovelace", "AdaLovelace", "ecalevolada", "adalovelace1", "adalovelace1234567",
    "lovelace", "Lovelace42", "lovelace4242", "lovelace424242", "lovela", "lovelacelovelace",
    "analytical", "engine99", "engine123", "analytical-engine", "example1", "example-example",
    "ada.lovelace@analytical-engine.example", "ольга_77", "ОЛЬГА_77", "Ольга123", "ладыженская",
    "ЛАДЫЖЕНСКАЯ!", "ладыжен", "пример12", "ISIKLI", "isikli12", "ışıklı12", "IŞIKLI12", "İSMAİL12",
    "i\u0307smail1", "ismail12", "ışık1234", "ΟΔΥΣΣΕΥΣ", "οδυσσευς", "οδυσσευσ", "σίσυφος1",
    "ΣΊΣΥΦΟΣ1", "σίσυφοσ1", "ας", "ασ", "σ", "Σ@ας.ας12", "李雷2024", "李雷20241", "雷李", "雷雷雷雷雷雷雷雷",
    "lilei123",
    "lileilei", "🐴🔋📎💎🔑", "🔑💎📎🔋🐴🐴", "🐴🔋📎💎🔑123", "👩👧", "👩‍👧", "नज़ीर", "न्ज़ीर", "अहमद१२३", "अहमद१",
    "café-noir", "cafe\u0301-noir",
    "noir1234", "cafe1234", "naive123", "nai\u0308ve12", "a_b-c.d1", "a_b", "xxxxxxxx",
    "x" * 53, "x" * 54, "x" * 80, "x" * 81, "x" * 81 + "y" * 100, "x" * 150, "x" * 278, "x" * 279,
    "x" * 1500, "x" * 1501, "        ", "@@@@@@@@", "@", "",
]

# About seven of ten letters in common: the limit of similarity.
BORDER = [
    ("abcdefg", "abcdefghijklm"), ("abcdefg", "abcdefghijklmn"), ("abcdefgxyz", "abcdefgrst"),
    ("abcdefxyzw", "abcdefgrst"), ("gfedcbaxyz", "abcdefgrst"), ("abcdefgh12345", "abcdefg"),
    ("abcdefg12345", "abcdefghi"), ("aaaaaaabbb", "aaaaaaaccc"), ("aaaaaabbbb", "aaaaaaaccc"),
    ("aabbccddee", "abcdeabcde"), ("aabbccddee", "abcdefghij"), ("abcdefgabc", "abcdefgdef"),
    ("abcdefghijklmnopqrstu12345678", "abcdefghijklmnopqrstu1"), ("ab1", "ab2"), ("a", "a"),
    ("a", "b"), ("abcdefghij", "a"), ("aaaaaaaaaa", "a"), ("aaaaaaaaa", "a"), ("aaaaaaa", "aaa"),
    ("aaaaaaaa", "aaaa"), ("aaaaaaaaaaaaa", "aaaaaaa"), ("aaaaaaaaaaaaaa", "aaaaaaa"),
    ("🐴🐴🐴🐴🐴🐴🐴bcd", "🐴🐴🐴🐴🐴🐴🐴xyz"), ("🐴🐴🐴🐴🐴🐴abcd", "🐴🐴🐴🐴🐴🐴🐴xyz"),
    ("пароль-девочки", "девочки"), ("ABCDEFGXYZ", "abcdefgRST"), ("ﬃﬃﬃﬃﬃﬃﬃﬃ", "ffiffiffi"),
    ("straße12", "STRASSE1"), ("STRAẞE12", "straße12"), ("ǅǅǅǅǅǅǅǅ", "ǆǆǆǆǆǆǆǆ"), ("ᎠᎠᎠᎠᎠᎠᎠᎠ",
    "ꭰꭰꭰꭰꭰꭰꭰꭰ"),
    ("x²y³z¹ab", "x²y³z¹"), ("one_word", "one_word two"), ("two½word", "two½word/x"),
    ("soft\xadhyphen", "soft\xadhyphen"), ("hyphen12", "soft\xadhyphen"), ("Ⅷ号楼住户", "ⅷ号楼住户"),
]


def rules():
    for password in PLAIN:
        yield password, NONE
        yield password, ADA
    for password in CLOSE:
        for person in PEOPLE:
            yield password, person
    for password, value in BORDER:
        for name in NONE:
            yield password, {**NONE, name: value}


def failures(password, person):
    try:
        validate_password(password, User(**person))
    except ValidationError as error:
        return error.messages
    return []


def labelled(person):
    return [
        {"label": str(User._meta.get_field(name).verbose_name), "value": value}
        for name, value in person.items()
    ]


def named(vectors):
    return [dict(zip(("name", "password", "encoded"), vector)) for vector in vectors]


# Each case: the password, the index of the person, Django's messages.
people, cases = [], []
for password, person in rules():
    attributes = labelled(person)
    if attributes not in people:
        people.append(attributes)
    case = [password, people.index(attributes), failures(password, person)]
    if case not in cases:
        cases.append(case)


def lines(values):
    return "[\n" + ",\n".join("    " + json.dumps(value) for value in values) + "\n  ]"


# One vector a line, escaped, because some of the characters are invisible.
sys.stdout.write(f"""{{
  "django": {json.dumps(django.get_version())},
  "argon2": {lines(named(argon2_vectors()))},
  "pbkdf2": {lines(named(pbkdf2_vectors()))},
  "sha256": {lines(named(sha256_vectors()))},
  "people": {lines(people)},
  "rules": {lines(cases)}
}}
""")
