"""Passwords: how they are kept and checked, and which ones are refused."""

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from layers.layer import N_

SHORTEST = 12
LONGEST = 200

COMMON = (
    "admin", "administrator", "anhyeuem", "aaaaaa", "abcdefghijkl", "baria", "bariavungtau", "changeme",
    "chaomung", "congty", "diaba", "emyeuanh", "hochiminh", "iloveyou", "khongbiet", "letmein", "matkhau",
    "matkhaumoi", "motconvit", "password", "passw0rd", "qazwsx", "qwerty", "qwertyuiop", "quantri",
    "saigon", "vietnam", "vungtau", "welcome", "yeuem",
)  # fmt: skip
"""What people choose here when they are told to choose something; digits around it change little."""

_HASHER = PasswordHasher()  # argon2id with the second recommended parameters of RFC 9106
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without i, l, o, 0 and 1, which are read for one another


def hashed(password: str) -> str:
    """The argon2id hash to keep."""
    return _HASHER.hash(_normal(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password of the hash. None, for an account that does not exist, costs the
    same time as a wrong password, so that the clock does not tell which accounts there are."""
    nobody = _nobody()
    try:
        _HASHER.verify(kept or nobody, _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(kept)


def one_time() -> str:
    """A password to hand over: four groups of four letters and digits, 79 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def weakness(password: str, name: str = "") -> str | None:
    """Why this password is refused for the account of this name, as a message id; None when it is not.

    After NIST SP 800-63B: length counts, and what attackers try first is refused; no rule asks for
    digits or signs, and nothing has to be changed every so often.
    """
    plain = _folded(password)
    core = plain.strip("0123456789 !@#$%^&*()-_=+.,;:'\"?/\\")
    if len(_normal(password)) < SHORTEST:
        return N_("Mật khẩu cần ít nhất 12 ký tự. Một câu ngắn dễ nhớ là được.")
    if len(_normal(password)) > LONGEST:
        return N_("Mật khẩu dài quá 200 ký tự.")
    if len(core) < 4:
        return N_("Mật khẩu cần có chữ: số điện thoại, ngày sinh, số căn cước dễ bị đoán.")
    if len(set(plain)) < 5 or core in COMMON:
        return N_("Mật khẩu này nằm trong nhóm hay bị đoán nhất. Chọn một câu khác.")
    if name and name in plain:
        return N_("Mật khẩu không nên chứa tên tài khoản.")
    return None


@cache
def _nobody() -> str:
    """The hash of a password that nobody knows, with today's parameters."""
    return _HASHER.hash(secrets.token_urlsafe())


def _normal(password: str) -> str:
    """One form for what looks the same: keyboards send Vietnamese letters composed or decomposed."""
    return unicodedata.normalize("NFKC", password)


def _folded(password: str) -> str:
    """In lower case, without tone marks and spaces: “Mật khẩu” is as common as “matkhau”."""
    letters = unicodedata.normalize("NFD", password.lower()).replace("đ", "d")
    return "".join(one for one in letters if not unicodedata.combining(one) and not one.isspace())
