"""Pictures from strangers: refused by content, drawn anew, bare of everything but pixels."""

import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from members.logos import MAX_BYTES, SIDE, read_logo


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    output = io.BytesIO()
    Image.new("RGB", size, "#0017c1").save(output, format=kind, **options)
    return output.getvalue()


def upload(data: bytes, name: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def bomb() -> bytes:
    """A PNG of a few bytes whose head promises 50,000 by 50,000 pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_what_is_kept_is_a_small_png(kind):
    kept = Image.open(io.BytesIO(read_logo(upload(picture(kind, (1600, 800)), "何でも.txt"))))
    assert kept.format == "PNG"
    assert kept.size == (SIDE, SIDE // 2)


def test_small_pictures_are_not_blown_up():
    assert Image.open(io.BytesIO(read_logo(upload(picture())))).size == (60, 40)


def test_metadata_and_what_hangs_on_the_end_are_gone():
    info = PngInfo()
    info.add_text("Author", "ひみつの名前 secret-author")
    exif = Image.Exif()
    exif[0x010E] = "secret-place"
    for data in (
        picture(pnginfo=info),
        picture("JPEG", exif=exif),
        picture() + b"PK\x03\x04<script>secret-tail",
    ):
        kept = read_logo(upload(data))
        assert b"secret" not in kept
        assert b"script" not in kept
        assert not Image.open(io.BytesIO(kept)).getexif()


def test_turned_photographs_stand_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    assert Image.open(io.BytesIO(read_logo(upload(picture("JPEG", exif=exif))))).size == (40, 60)


HOSTILE = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<html><script>alert(1)</script></html>",
    "pdf": b"%PDF-1.7\n1 0 obj\n",
    "empty": b"",
    "gif": picture("GIF"),
    "bmp": picture("BMP"),
    "half a picture": picture(size=(400, 400))[:60],
    "head of a png alone": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    "script behind a png's head": b"\x89PNG\r\n\x1a\n<script>alert(1)</script>",
    "zip": b"PK\x03\x04" + b"\0" * 100,
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n",
    "bomb": bomb(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_anything_else_is_refused_in_words(name):
    with pytest.raises(ValidationError) as caught:
        read_logo(upload(HOSTILE[name], "logo.png"))
    assert "選んでください" in caught.value.messages[0]


def test_too_large_in_bytes_or_pixels():
    with pytest.raises(ValidationError, match="2MB"):
        read_logo(upload(b"\0" * (MAX_BYTES + 1)))
    with pytest.raises(ValidationError, match="4000"):
        read_logo(upload(picture(size=(4_001, 10))))


def test_moving_pictures_are_refused():
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    output = io.BytesIO()
    frames[0].save(output, format="WEBP", save_all=True, append_images=frames[1:])
    with pytest.raises(ValidationError, match="動く画像"):
        read_logo(upload(output.getvalue(), "logo.webp"))
