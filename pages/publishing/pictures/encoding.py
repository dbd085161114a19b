"""Re-encoding of uploaded pictures, which removes metadata and everything else that is not visible."""

import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

MAX_BYTES = 10 * 1024 * 1024
# Every page shows the logo, and readers load a page of about this size.
MAX_LOGO_BYTES = 20 * 1024
MAX_PIXELS = 40_000_000
# The limit of WebP, and about what browsers can show of the other formats.
MAX_SIDE = 16_383
# Pillow's names of the formats that are read, and the extension that each is re-encoded to. Cameras write MPO: a JPEG
# that is followed by a second picture.
_EXTENSIONS = {"PNG": "png", "JPEG": "jpg", "MPO": "jpg", "WEBP": "webp", "GIF": "png"}
_OPTIONS: dict[str, dict[str, Any]] = {
    "png": {"format": "PNG"},
    "jpg": {"format": "JPEG", "quality": 90, "optimize": True, "progressive": True},
    # Slower methods take half a minute for 40 megapixels.
    "webp": {"format": "WEBP", "quality": 90, "method": 2},
}
_TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning)
# What Pillow raises for truncated and manipulated files.
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, TypeError, IndexError, KeyError, struct.error, zlib.error)
# Encoding 40 megapixels takes hundreds of megabytes of memory.
_one_at_a_time = Lock()


@dataclass(frozen=True)
class EncodedPicture:
    """A picture as it is stored."""

    content: bytes
    extension: str
    width: int
    height: int
    # Only the first frame of an animation is stored.
    was_animated: bool


def encode_picture(content: bytes) -> EncodedPicture:
    """Re-encode the picture in a file as PNG, JPEG or WebP. Raises ValidationError with the reason.

    The format is detected from the content. The result is rotated as EXIF says and has sRGB colours, without metadata,
    thumbnails or data after the picture.
    """
    if len(content) > MAX_BYTES:
        raise ValidationError(_("The file has %(size)s MB; a picture may have at most %(limit)d MB.") % _sizes(content))
    with _one_at_a_time:
        encoded = _encode(content)
    if len(encoded.content) > MAX_BYTES:
        text = _("After re-encoding, the picture has %(size)s MB; the maximum is %(limit)d MB.")
        raise ValidationError(text % _sizes(encoded.content))
    return encoded


def encode_logo(content: bytes) -> EncodedPicture:
    """Re-encode a logo as `encode_picture` does. Raises ValidationError also for other formats than PNG and WebP."""
    encoded = encode_picture(content)
    if encoded.extension == "jpg":
        raise ValidationError(_("Use PNG or WebP for a logo."))
    if len(encoded.content) > MAX_LOGO_BYTES:
        sizes = {"size": -(-len(encoded.content) // 1024), "limit": MAX_LOGO_BYTES // 1024}
        text = _("The logo has %(size)d KB; the maximum is %(limit)d KB, because every page shows it.")
        raise ValidationError(text % sizes)
    return encoded


def _sizes(content: bytes) -> dict:
    # Rounded up, so that a file just over the limit does not seem to be within it.
    tenths = -(-len(content) * 10 // (1024 * 1024))
    return {"size": f"{tenths // 10}.{tenths % 10}", "limit": MAX_BYTES // (1024 * 1024)}


def _encode(content: bytes) -> EncodedPicture:
    try:
        with Image.open(BytesIO(content), formats=[name for name in _EXTENSIONS if name != "MPO"]) as opened:
            extension = _EXTENSIONS[str(opened.format)]
            _validate_size(*opened.size)
            was_animated = extension != "jpg" and getattr(opened, "is_animated", False)
            opened.load()
            visible = _visible_picture(opened, extension)
        return EncodedPicture(_encoded(visible, extension, content), extension, *visible.size, was_animated)
    except UnidentifiedImageError as error:
        raise ValidationError(_("This file cannot be used as a picture: use PNG, JPEG, WebP or GIF.")) from error
    except _TOO_LARGE as error:
        raise ValidationError(_too_many_pixels()) from error
    except _DAMAGED as error:
        raise ValidationError(_("The file is damaged or incomplete.")) from error


def _validate_size(width: int, height: int) -> None:
    """Raise ValidationError for too large a size in the header, before decoding: a small file can claim gigabytes."""
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise ValidationError(_too_many_pixels())


def _too_many_pixels() -> str:
    limits = {"pixels": MAX_PIXELS // 1_000_000, "side": MAX_SIDE}
    text = _("The picture is too large: the maximum is %(pixels)d megapixels, and %(side)d pixels on each side.")
    return text % limits


def _visible_picture(opened: Image.Image, extension: str) -> Image.Image:
    """Return the picture upright, in sRGB, in a mode that the format supports, and without any extra data."""
    profile, upright = opened.info.get("icc_profile"), ImageOps.exif_transpose(opened)
    if upright.mode.startswith("I"):
        # 16 bits per sample: a direct conversion clips all but the darkest values to white.
        upright = upright.point(lambda value: value * (1 / 256)).convert("L")
        upright.info.pop("transparency", None)
    if upright.mode == "P" and not profile:
        upright.apply_transparency()
    elif upright.mode == "P" or "transparency" in upright.info:
        upright = upright.convert("RGBA" if "transparency" in upright.info else "RGB")
    visible = _convert_to_srgb(upright, profile) if profile else upright
    modes = {"L", "RGB"} if extension == "jpg" else {"1", "L", "LA", "P", "RGB", "RGBA"}
    if visible.mode not in modes:
        visible = visible.convert("RGB")
    # Pillow writes colour profiles and comments from here.
    visible.info.clear()
    return visible


def _convert_to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Return the picture in the colours that browsers assume; an unusable profile is ignored."""
    alpha = picture.getchannel("A") if picture.mode in {"RGBA", "LA"} else None
    opaque = picture.convert(picture.mode.removesuffix("A")) if alpha else picture
    try:
        embedded, standard = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(opaque, embedded, standard, outputMode="RGB")
    except (ImageCms.PyCMSError, *_DAMAGED):
        return picture
    if converted is None:
        # Only a conversion in place returns None.
        return picture
    if alpha:
        converted.putalpha(alpha)
    return converted


def _encoded(picture: Image.Image, extension: str, content: bytes) -> bytes:
    options = dict(_OPTIONS[extension])
    if extension == "webp":
        # Keep lossless drawings lossless, so that letters stay sharp. The chunk name VP8L is near the beginning.
        options["lossless"] = b"VP8L" in content[:65536]
    file = BytesIO()
    picture.save(file, **options)
    return file.getvalue()
