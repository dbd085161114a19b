"""Re-encoding pictures that were uploaded: out comes what is to be seen, and nothing else that the file carried.

It must not know where pictures are kept, or who uploads them.
"""

import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from threading import Lock

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
# The longest side that WebP can have; the other kinds could have longer ones, browsers hardly.
MAX_SIDE = 16_383
# What is read, by Pillow's names, and what comes out; MPO is a JPEG with a second picture behind it, as cameras write.
_KINDS = {"PNG": "png", "JPEG": "jpg", "MPO": "jpg", "WEBP": "webp", "GIF": "png"}
_OPTIONS = {
    "png": {"format": "PNG"},
    "jpg": {"format": "JPEG", "quality": 90, "optimize": True, "progressive": True},
    # Slower methods would take half a minute for forty megapixels.
    "webp": {"format": "WEBP", "quality": 90, "method": 2},
}
_TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning)
# What Pillow's readers raise on files that are cut off or tampered with.
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, TypeError, IndexError, KeyError, struct.error, zlib.error)
# Forty megapixels take hundreds of megabytes while they are worked on: one picture at a time.
_one_at_a_time = Lock()


@dataclass(frozen=True)
class EncodedPicture:
    """A picture as it is kept."""

    content: bytes
    extension: str
    width: int
    height: int
    # Of an animation only the first picture is kept.
    was_animated: bool


def encode_picture(content: bytes) -> EncodedPicture:
    """Return the picture in a file, encoded anew as PNG, JPEG or WebP. Raises ValidationError, which says why not.

    Neither the file's name nor its claimed kind matters. It is turned as its EXIF says, its colours become sRGB, and
    no metadata, no thumbnail and nothing that followed the picture is kept.
    """
    if len(content) > MAX_BYTES:
        raise ValidationError(
            _("The file has %(size)s MB; the most that a picture may have is %(limit)d MB.") % _sizes(content)
        )
    with _one_at_a_time:
        encoded = _encode(content)
    if len(encoded.content) > MAX_BYTES:
        text = _("Encoded anew, the picture has %(size)s MB; the most that one may have is %(limit)d MB.")
        raise ValidationError(text % _sizes(encoded.content))
    return encoded


def _sizes(content: bytes) -> dict:
    # Rounded up: a file just over the limit must not seem to keep to it.
    tenths = -(-len(content) * 10 // (1024 * 1024))
    return {"size": f"{tenths // 10}.{tenths % 10}", "limit": MAX_BYTES // (1024 * 1024)}


def _encode(content: bytes) -> EncodedPicture:
    try:
        with Image.open(BytesIO(content), formats=[kind for kind in _KINDS if kind != "MPO"]) as opened:
            extension = _KINDS[opened.format]
            _insist_on_size(*opened.size)
            was_animated = extension != "jpg" and getattr(opened, "is_animated", False)
            opened.load()
            seen = _as_seen(opened, extension)
        return EncodedPicture(_written(seen, extension, content), extension, *seen.size, was_animated)
    except UnidentifiedImageError as error:
        raise ValidationError(_("This is not a picture that can be taken: PNG, JPEG, WebP and GIF can.")) from error
    except _TOO_LARGE as error:
        raise ValidationError(_too_many_pixels()) from error
    except _DAMAGED as error:
        raise ValidationError(_("The file is damaged or not complete.")) from error


def _insist_on_size(width: int, height: int) -> None:
    """Refuse a picture by what its head says, before it is decoded: a small file can claim gigabytes."""
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise ValidationError(_too_many_pixels())


def _too_many_pixels() -> str:
    limits = {"pixels": MAX_PIXELS // 1_000_000, "side": MAX_SIDE}
    text = _("The picture is too large: it may have %(pixels)d megapixels, and %(side)d pixels along a side.")
    return text % limits


def _as_seen(opened: Image.Image, extension: str) -> Image.Image:
    """Return what is to be seen, in a mode that the kind can hold, without anything beside it."""
    profile, upright = opened.info.get("icc_profile"), ImageOps.exif_transpose(opened)
    if upright.mode.startswith("I"):
        # Sixteen bits a sample: converted straight, all but the darkest would become white.
        upright = upright.point(lambda value: value * (1 / 256)).convert("L")
        upright.info.pop("transparency", None)
    if upright.mode == "P" and not profile:
        upright.apply_transparency()
    elif upright.mode == "P" or "transparency" in upright.info:
        upright = upright.convert("RGBA" if "transparency" in upright.info else "RGB")
    seen = _in_srgb(upright, profile) if profile else upright
    if seen.mode not in {"1", "L", "LA", "P", "RGB", "RGBA"} or (extension == "jpg" and seen.mode not in {"L", "RGB"}):
        seen = seen.convert("RGB")
    # The writers take colour profiles and comments from here.
    seen.info.clear()
    return seen


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Return the picture in the colours that browsers assume; a profile that cannot be used is left aside."""
    alpha = picture.getchannel("A") if picture.mode in {"RGBA", "LA"} else None
    opaque = picture.convert(picture.mode.removesuffix("A")) if alpha else picture
    try:
        from_profile = ImageCms.ImageCmsProfile(BytesIO(profile))
        converted = ImageCms.profileToProfile(opaque, from_profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, *_DAMAGED):
        return picture
    if alpha:
        converted.putalpha(alpha)
    return converted


def _written(picture: Image.Image, extension: str, content: bytes) -> bytes:
    options = dict(_OPTIONS[extension])
    if extension == "webp":
        # A drawing without loss must not get blurred letters; the mark of its kind stands near the beginning.
        options["lossless"] = b"VP8L" in content[:65536]
    written = BytesIO()
    picture.save(written, **options)
    return written.getvalue()
