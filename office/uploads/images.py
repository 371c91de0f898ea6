"""Pictures, painted anew: only the pixels of what was sent are kept."""

from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from office.exceptions import Refused

LARGEST_PIXELS = 25_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
QUALITY, THUMBNAIL_QUALITY = 88, 80
# What Pillow raises over a damaged or a malicious picture.
DAMAGE = (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, OverflowError)


def paint_anew(content: bytes) -> tuple[str, bytes]:
    """Decode and encode a picture: upright, without place, camera, comments or hidden parts.

    A PNG stays one; all else becomes a JPEG on white. Of an animation the first frame is kept.
    """
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            _demand_pixels(image)
            kind = image.format
            pixels = _flat(ImageOps.exif_transpose(image), keep_alpha=kind == "PNG")
    except Image.DecompressionBombError:
        raise Refused(_too_large()) from None
    except (UnidentifiedImageError, *DAMAGE):
        raise Refused(_("This picture is damaged. Please send it again.")) from None
    out = BytesIO()
    if kind == "PNG":
        pixels.save(out, "PNG")
        return "image/png", out.getvalue()
    pixels.save(out, "JPEG", quality=QUALITY)
    return "image/jpeg", out.getvalue()


def _demand_pixels(image: Image.Image) -> None:
    """Asked before a single pixel is decoded: the header is enough to know the size."""
    if image.width * image.height > LARGEST_PIXELS:
        raise Refused(_too_large())


def _too_large() -> str:
    return _("This picture has too many pixels: we take up to 25 megapixels.")


def _flat(image: Image.Image, *, keep_alpha: bool) -> Image.Image:
    """A new picture of plain pixels: no palette, profile, comment or other attachment."""
    if image.mode.startswith("I"):  # 16 bits of grey: converting at once would cut the bright half
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    has_alpha = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    if not has_alpha:
        flat = image.convert("L" if image.mode in ("1", "L") else "RGB")
    elif keep_alpha:
        flat = image.convert("RGBA")
    else:
        flat = Image.new("RGB", image.size, "white")
        flat.paste(image.convert("RGB"), mask=image.convert("RGBA").getchannel("A"))
    flat.info = {}
    return flat


def shrink(content: bytes, width: int) -> bytes:
    """A JPEG at most `width` wide and high of a picture that was painted anew before."""
    with Image.open(BytesIO(content), formats=FORMATS) as image:
        _demand_pixels(image)
        image.draft("RGB", (width, width))
        small = _flat(image, keep_alpha=False)
    small.thumbnail((width, width))
    out = BytesIO()
    small.save(out, "JPEG", quality=THUMBNAIL_QUALITY)
    return out.getvalue()
