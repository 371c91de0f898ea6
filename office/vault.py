"""Personal data at rest: sealed one value at a time, bound to the row that holds it.

A sealed value is AES-256-GCM (NIST SP 800-38D) with a fresh 96-bit nonce. Its additional data is
`table.column:row`, so that a value copied into another row or column does not open. The key's id
stands in front, so that keys can be replaced: the newest key of `VAULT_KEYS` seals, every key in
it opens. A missing key, an altered byte or a foreign row raises `VaultError`; nothing is ever
returned instead of the text. The oldest key, the last of the list, also makes the blind indexes:
it stays the last, because an index can only be found again under the key that made it.
"""

import base64
import binascii
import functools
import hmac
import os
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models
from django.db.models.query_utils import DeferredAttribute

FORMAT = b"\x01"
NONCE_BYTES = 12
TAG_BYTES = 16
KEY_BYTES = 32
OWN_KEY = ""  # the id that stands before a value sealed with a key of its own, such as a person's


class VaultError(Exception):
    """A value cannot be sealed or opened. The text names keys and columns, never the value."""


def seal(text: str, *, aad: str, key: bytes | None = None) -> bytes:
    """Seal `text` for the place that `aad` names, with the newest key or with `key` (32 bytes)."""
    key_id = OWN_KEY if key else _newest_key()
    cipher = AESGCM(key) if key else _cipher(key_id)
    head, nonce = _head(key_id), os.urandom(NONCE_BYTES)
    return head + nonce + cipher.encrypt(nonce, text.encode(), head + aad.encode())


def open(sealed: bytes, *, aad: str, key: bytes | None = None) -> str:
    """The text that `seal` was given; raises `VaultError` unless every byte and `aad` are right."""
    sealed = bytes(sealed)
    key_id = key_id_of(sealed)
    if (key_id == OWN_KEY) != (key is not None):
        raise VaultError(f"The value in {aad} was sealed with another kind of key.")
    head = _head(key_id)
    nonce, body = sealed[len(head) :][:NONCE_BYTES], sealed[len(head) + NONCE_BYTES :]
    try:
        cipher = AESGCM(key) if key else _cipher(key_id)
        return cipher.decrypt(nonce, body, head + aad.encode()).decode()
    except (InvalidTag, ValueError):
        raise VaultError(f"The value in {aad} was altered, or belongs to another row.") from None


def key_id_of(sealed: bytes) -> str:
    """The id of the key that a sealed value needs."""
    shortest = 2 + NONCE_BYTES + TAG_BYTES
    if sealed[:1] != FORMAT or len(sealed) < shortest or len(sealed) < shortest + sealed[1]:
        raise VaultError("This is not a sealed value.")
    return sealed[2 : 2 + sealed[1]].decode("ascii", "replace")


def is_current(sealed: bytes) -> bool:
    """Whether the newest key sealed this value; others wait for `manage.py reseal`."""
    return key_id_of(bytes(sealed)) in (OWN_KEY, _newest_key())


def new_key(*, aad: str) -> bytes:
    """A random key, itself sealed for the place that `aad` names: one person's, one file's."""
    return seal(os.urandom(KEY_BYTES).hex(), aad=aad)


def open_key(sealed: bytes, *, aad: str) -> bytes:
    return bytes.fromhex(open(sealed, aad=aad))


def blind(text: str, *, field: str) -> bytes:
    """What an equal text in the same field gives too, and nobody without the key can compute.

    HMAC-SHA-256 under a key of the field's own (HKDF, RFC 5869), so that the same e-mail address
    in two fields cannot be matched. The caller brings the text into one spelling first.
    """
    return hmac.digest(_index_key(field, tuple(settings.VAULT_KEYS)), text.encode(), sha256)


def _head(key_id: str) -> bytes:
    return FORMAT + bytes([len(key_id)]) + key_id.encode("ascii")


def _newest_key() -> str:
    return next(iter(_ring()))


def _cipher(key_id: str) -> AESGCM:
    cipher = _ring().get(key_id)
    if cipher is None:
        raise VaultError(f"The key “{key_id}” is not among VAULT_KEYS.")
    return cipher


def _ring() -> dict[str, AESGCM]:
    return _ciphers(tuple(settings.VAULT_KEYS))


@functools.lru_cache(maxsize=8)
def _ciphers(entries: Sequence[str]) -> dict[str, AESGCM]:
    return {key_id: AESGCM(key) for key_id, key in _keys(entries).items()}


@functools.lru_cache(maxsize=64)
def _index_key(field: str, entries: Sequence[str]) -> bytes:
    oldest = list(_keys(entries).values())[-1]
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"blind:{field}".encode()).derive(oldest)


def _keys(entries: Sequence[str]) -> dict[str, bytes]:
    if not entries:
        raise ImproperlyConfigured(
            "The setting VAULT_KEYS names no key, so personal data can be neither written nor "
            "read. Give it as id:base64 of 32 bytes, the newest first."
        )
    keys: dict[str, bytes] = {}
    for entry in entries:
        key_id, _, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if len(key) != KEY_BYTES or not key_id.isascii() or not 0 < len(key_id) < 64:
            raise ImproperlyConfigured(
                f"The entry “{key_id}” of VAULT_KEYS must be id:base64 of 32 bytes."
            )
        if key_id in keys:
            raise ImproperlyConfigured(f"VAULT_KEYS names the key “{key_id}” twice.")
        keys[key_id] = key
    return keys


class Sealed(bytes):
    """The bytes of a `SealedTextField` as they lie in the database."""


class SealedAttribute(DeferredAttribute):
    """Opens on reading, so that a loaded row carries no clear text until somebody asks for it."""

    field: "SealedTextField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        return self.field.open(instance, value) if isinstance(value, Sealed) else value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedTextField(models.BinaryField):
    """A text that the database holds sealed, bound to `table.column:row`.

    `row_key` names the attribute that tells the row and is set before the first save: a UUID, a
    number of ours. No look-up works on the column except `isnull`; a column to search by keeps
    `blind()` beside it. `update(column="text")` is refused, because it knows no row.
    """

    descriptor_class = SealedAttribute
    _pyi_private_get_type: Any  # what the type checker takes the attribute for: text, not bytes

    def __init__(self, *args: Any, row_key: str = "pk", **options: Any) -> None:
        self.row_key = row_key
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "row_key": self.row_key}

    def aad(self, instance: models.Model) -> str:
        row = getattr(instance, self.row_key)
        if row in (None, ""):
            raise VaultError(f"{self} cannot be sealed before its row has a {self.row_key}.")
        return f"{self.model._meta.db_table}.{self.column}:{row}"

    def open(self, instance: models.Model, sealed: Sealed) -> str:
        return open(sealed, aad=self.aad(instance)) if sealed else ""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, str):
            value = Sealed(seal(value, aad=self.aad(model_instance)) if value else b"")
            model_instance.__dict__[self.attname] = value
        return value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def to_python(self, value: Any) -> Any:
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None and not isinstance(value, Sealed):
            raise VaultError(f"{self} is written by saving its row: a text is sealed for one row.")
        return super().get_db_prep_value(value, connection, prepared)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self} is sealed and cannot be searched; search its blind index.")
        return super().get_lookup(lookup_name)

    def get_default(self) -> Any:
        return "" if not self.null else None
