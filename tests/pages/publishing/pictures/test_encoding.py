"""An uploaded picture is re-encoded: the result contains only what is visible."""

import random
import struct
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, ImageCms, PngImagePlugin

from pages.publishing.pictures import encoding
from pages.publishing.pictures.encoding import MAX_BYTES, encode_picture

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
SECRET = b"52.5200N"


def new_image(mode="RGB", size=(40, 20), colour=RED) -> Image.Image:
    return Image.new(mode, size, colour)


def file_content(image: Image.Image, kind: str, **options) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def open_image(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def exif(orientation: int = 1) -> Image.Exif:
    data = Image.Exif()
    data[0x0112], data[0x010E], data[0x8825] = orientation, SECRET.decode(), {1: "N", 2: (52.0, 31.0, 12.0)}
    return data


def refusal(content: bytes) -> str:
    with pytest.raises(ValidationError) as refused:
        encode_picture(content)
    return refused.value.message


@pytest.mark.parametrize(("kind", "extension"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp"), ("GIF", "png")])
def test_each_format_stays_itself_but_gif_becomes_png(kind, extension):
    encoded = encode_picture(file_content(new_image(), kind))
    assert (encoded.extension, encoded.width, encoded.height, encoded.was_animated) == (extension, 40, 20, False)
    image = open_image(encoded.content)
    assert image.format == {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}[extension]
    red, green, blue = image.convert("RGB").getpixel((3, 3))
    assert red > 240
    assert max(green, blue) < 15


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_no_metadata_is_kept(kind):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options = {"exif": exif(), "icc_profile": profile, "xmp": b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"}
    if kind == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Comment", SECRET.decode())
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", SECRET.decode())
    if kind == "JPEG":
        options["comment"] = SECRET
    content = file_content(new_image(), kind, **options)
    assert SECRET in content
    kept = encode_picture(content).content
    image = open_image(kept)
    assert SECRET not in kept
    assert not dict(image.getexif())
    assert not {"exif", "icc_profile", "xmp", "comment", "Comment"} & set(image.info)
    assert b"Exif" not in kept
    assert b"EXIF" not in kept


@pytest.mark.parametrize(("kind", "orientation"), [("JPEG", 6), ("PNG", 8), ("WEBP", 6)])
def test_picture_is_rotated_as_its_exif_says(kind, orientation):
    image = new_image(size=(64, 32), colour=BLUE)
    image.paste(RED, (0, 0, 32, 32))
    encoded = encode_picture(file_content(image, kind, exif=exif(orientation)))
    assert (encoded.width, encoded.height) == (32, 64)
    top = open_image(encoded.content).convert("RGB").getpixel((16, 8))
    assert (top[0] > 200) == (orientation == 6)


def test_colours_are_converted_from_the_embedded_profile_to_srgb():
    # A profile with red and green swapped: if it were only removed, the picture would stay red.
    names = [bytes(name, "ascii") for name in ("rXYZ", "gXYZ")]
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    offsets = [profile.index(name) for name in names]
    for offset, name in zip(offsets, reversed(names), strict=True):
        profile[offset : offset + 4] = name
    image = open_image(encode_picture(file_content(new_image(), "PNG", icc_profile=bytes(profile))).content)
    assert image.getpixel((0, 0))[1] > 240
    transparent = encode_picture(file_content(new_image("RGBA", colour=(*RED, 99)), "PNG", icc_profile=bytes(profile)))
    assert open_image(transparent.content).getpixel((0, 0))[3] == 99


def test_invalid_profile_is_ignored():
    image = open_image(encode_picture(file_content(new_image(), "PNG", icc_profile=b"nonsense")).content)
    assert image.getpixel((0, 0)) == RED


def test_cmyk_becomes_rgb():
    encoded = encode_picture(file_content(new_image("CMYK", colour=(0, 255, 255, 0)), "JPEG"))
    image = open_image(encoded.content)
    assert image.mode == "RGB"
    assert image.getpixel((3, 3))[0] > 200


def test_sixteen_bits_per_sample_become_eight_and_stay_grey():
    image = Image.new("I;16", (2, 1))
    for x, value in enumerate((0x8000, 0xFFFF)):
        image.putpixel((x, 0), value)
    kept = open_image(encode_picture(file_content(image, "PNG")).content)
    assert (kept.mode, kept.getpixel((0, 0)), kept.getpixel((1, 0))) == ("L", 128, 255)


def test_palette_and_its_transparency_are_kept():
    image = new_image("P", colour=0)
    image.putpalette([*RED, *GREEN])
    image.putpixel((1, 0), 1)
    kept = open_image(encode_picture(file_content(image, "PNG", transparency=0)).content)
    assert kept.mode == "P"
    assert [kept.convert("RGBA").getpixel((x, 0)) for x in (0, 1)] == [(*RED, 0), (*GREEN, 255)]


def test_transparent_colour_stays_transparent():
    kept = open_image(encode_picture(file_content(new_image(), "PNG", transparency=RED)).content)
    assert kept.convert("RGBA").getpixel((0, 0))[3] == 0


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_only_the_first_frame_of_an_animation_is_kept(kind):
    encoded = encode_picture(
        file_content(new_image(), kind, save_all=True, append_images=[new_image(colour=BLUE)], duration=100)
    )
    image = open_image(encoded.content)
    assert encoded.was_animated
    assert getattr(image, "n_frames", 1) == 1
    assert image.convert("RGB").getpixel((3, 3))[0] > 240


def test_second_picture_of_an_mpo_file_is_dropped():
    content = file_content(new_image(), "MPO", save_all=True, append_images=[new_image(colour=BLUE)])
    encoded = encode_picture(content)
    assert (encoded.extension, encoded.was_animated) == ("jpg", False)
    assert len(encoded.content) < len(content)


def test_lossless_webp_stays_lossless():
    image = new_image()
    image.putpixel((7, 7), GREEN)
    kept = open_image(encode_picture(file_content(image, "WEBP", lossless=True)).content).convert("RGB")
    assert [kept.getpixel(position) for position in ((7, 7), (7, 8))] == [GREEN, RED]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_data_after_the_picture_is_dropped(kind):
    tail = b"<script>alert(1)</script>PK\x03\x04"
    content = file_content(new_image(), kind)
    assert encode_picture(content + tail).content == encode_picture(content).content


def test_same_file_gives_the_same_bytes():
    content = file_content(new_image(), "JPEG")
    assert encode_picture(content).content == encode_picture(content).content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a<script>alert(1)</script>",
        b"%PDF-1.7",
        file_content(new_image(), "TIFF"),
        file_content(new_image(), "BMP"),
        file_content(new_image(), "ICO"),
    ],
    ids=["empty", "svg", "html", "html as gif", "pdf", "tiff", "bmp", "ico"],
)
def test_file_that_is_not_a_supported_picture_is_refused(content):
    assert refusal(content) in {
        "This file cannot be used as a picture: use PNG, JPEG, WebP or GIF.",
        "The file is damaged or incomplete.",
        "The picture is too large: the maximum is 40 megapixels, and 16383 pixels on each side.",
    }


def noise(size=(60, 60)) -> Image.Image:
    return Image.frombytes("RGB", size, random.Random(4).randbytes(size[0] * size[1] * 3))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_truncated_file_is_refused(kind):
    content = file_content(noise(), kind)
    for part in (0.3, 0.6, 0.9):
        assert refusal(content[: int(len(content) * part)]) in {
            "The file is damaged or incomplete.",
            "This file cannot be used as a picture: use PNG, JPEG, WebP or GIF.",
        }


# Pillow only warns about broken EXIF.
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_file_with_broken_bytes_is_re_encoded_or_refused(kind):
    content, chance = file_content(noise(), kind, **({} if kind == "GIF" else {"exif": exif(6)})), random.Random(kind)
    for _ in range(60):
        broken = bytearray(content)
        for _ in range(chance.choice((1, 4, 40))):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        with suppress(ValidationError):
            assert open_image(encode_picture(bytes(broken)).content).size


def png_head(width: int, height: int) -> bytes:
    """Return a PNG that claims a size but has hardly any data."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(8000, 6000), (10_000, 10_000), (50_000, 50_000), (20_000, 2)])
def test_decompression_bomb_is_refused_before_decoding(size, monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda _: pytest.fail("decoded"))
    expected = "The picture is too large: the maximum is 40 megapixels, and 16383 pixels on each side."
    assert refusal(png_head(*size)) == expected


def test_file_that_is_too_large_is_refused_with_its_size():
    assert refusal(b"\0" * (MAX_BYTES + 1)) == "The file has 10.1 MB; a picture may have at most 10 MB."


def test_picture_that_becomes_too_large_is_refused(monkeypatch):
    content = file_content(new_image(), "GIF")
    monkeypatch.setattr(encoding, "MAX_BYTES", len(content))
    monkeypatch.setitem(encoding._OPTIONS, "png", {"format": "PNG", "compress_level": 0})
    assert "After re-encoding, the picture has 0.1 MB" in refusal(content)
