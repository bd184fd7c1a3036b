"""Pictures, inside the child: drawn anew from their pixels, so that no metadata and nothing hung on the end remains."""

import io
import warnings
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from meetings.confined.errors import DeclinedError

FORMATS = {"png": "PNG", "jpeg": "JPEG"}


def read(
    data: bytes, *, kind: str, max_pixels: int, max_side: int, preview_width: int = 0
) -> tuple[dict[str, Any], bytes]:
    """The picture itself, or only a small one of it where `preview_width` is given."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return {}, _drawn_anew(data, FORMATS[kind], max_pixels, max_side, preview_width)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DeclinedError("pixels") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise DeclinedError("broken") from error


def _drawn_anew(data: bytes, kind: str, max_pixels: int, max_side: int, preview_width: int) -> bytes:
    with Image.open(io.BytesIO(data), formats=[kind]) as picture:
        if picture.width * picture.height > max_pixels:  # by what its head says, before any pixel
            raise DeclinedError("pixels")
        if getattr(picture, "n_frames", 1) > 1:
            raise DeclinedError("moving")
        picture.verify()
    # In place where it can be: every copy of a large picture costs what the child may have.
    with Image.open(io.BytesIO(data), formats=[kind]) as picture:
        ImageOps.exif_transpose(picture, in_place=True)
        has_holes = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
        mode = "RGBA" if kind == "PNG" and has_holes else "RGB"
        clean = picture if picture.mode == mode else picture.convert(mode)
        clean.thumbnail((preview_width, preview_width * 3 // 2) if preview_width else (max_side, max_side))
        return _written(clean, "PNG" if preview_width else kind)


def _written(clean: Image.Image, kind: str) -> bytes:
    clean.info = {}  # colour profile, comment, dots per inch: Pillow would write them again
    output = io.BytesIO()
    if kind == "JPEG":
        clean.save(output, format="JPEG", quality=88, optimize=True)
    else:
        clean.save(output, format="PNG", optimize=True)
    return output.getvalue()
