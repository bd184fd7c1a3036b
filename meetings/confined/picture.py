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
    with Image.open(io.BytesIO(data), formats=[kind]) as picture:
        upright = ImageOps.exif_transpose(picture)
        has_holes = upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
        mode = "RGBA" if kind == "PNG" and has_holes else "RGB"
        clean = Image.new(mode, upright.size)
        clean.paste(upright.convert(mode))
    if preview_width:
        clean.thumbnail((preview_width, preview_width * 3 // 2))
    else:
        clean.thumbnail((max_side, max_side))
    output = io.BytesIO()
    if kind == "JPEG" and not preview_width:
        clean.save(output, format="JPEG", quality=88, optimize=True)
    else:
        clean.save(output, format="PNG", optimize=True)
    return output.getvalue()
