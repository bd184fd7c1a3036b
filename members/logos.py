"""Logos that people upload: checked by content, drawn anew, kept under a name that nobody can guess.

What is stored was written by Pillow from pixels alone: no metadata, no appended archive, no script.
"""

import io
import secrets
import warnings
from typing import Any

import puremagic
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 2 * 1024 * 1024
MAX_SIDE = 4_000  # pixels, of what comes in
SIDE = 512  # pixels, of what is kept
FOLDER = "organizations/logos/"
TYPES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}


def read_logo(upload: Any) -> bytes:
    """The picture as PNG, at most SIDE pixels wide and high. Raises ValidationError with what to do instead."""
    if upload.size > MAX_BYTES:
        raise ValidationError(_("2MBより大きい画像は使えません。小さくしてから、もう一度選んでください。"))
    data = upload.read(MAX_BYTES + 1)
    kind = TYPES.get(_type_of(data))
    if kind is None or len(data) > MAX_BYTES:
        raise _unusable()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            _check(data, kind)
            return _drawn_anew(data, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_wide() from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise _unusable() from error


def store_logo(png: bytes) -> str:
    """Puts it into the storage; returns its place there. Whoever calls removes it when the rest fails."""
    return default_storage.save(f"{FOLDER}{secrets.token_hex(16)}.png", ContentFile(png))


def remove_logo(name: str) -> None:
    """Deleting what is gone already is no error."""
    if name.startswith(FOLDER):
        default_storage.delete(name)


def _type_of(data: bytes) -> str:
    try:
        found = puremagic.magic_string(data)
    except (puremagic.PureError, ValueError):
        return ""
    return next((match.mime_type for match in found if match.mime_type in TYPES), "")


def _check(data: bytes, kind: str) -> None:
    """Size before pixels: a small file that unfolds to gigabytes is refused by what its head says."""
    with Image.open(io.BytesIO(data), formats=[kind]) as picture:
        if max(picture.size) > MAX_SIDE:
            raise _too_wide()
        if getattr(picture, "n_frames", 1) > 1:
            raise ValidationError(_("動く画像は使えません。動かない画像を選んでください。"))
        picture.verify()


def _drawn_anew(data: bytes, kind: str) -> bytes:
    with Image.open(io.BytesIO(data), formats=[kind]) as picture:
        upright = ImageOps.exif_transpose(picture)
        clean = Image.new("RGBA", upright.size)
        clean.paste(upright.convert("RGBA"))
    clean.thumbnail((SIDE, SIDE))
    output = io.BytesIO()
    clean.save(output, format="PNG", optimize=True)
    return output.getvalue()


def _too_wide() -> ValidationError:
    return ValidationError(
        _("縦か横が%(side)sピクセルをこえる画像は使えません。小さくしてから、もう一度選んでください。")
        % {"side": MAX_SIDE}
    )


def _unusable() -> ValidationError:
    return ValidationError(
        _("この画像は使えません。PNG・JPEG・WebP の画像を選んでください（SVG や PDF は使えません）。")
    )
