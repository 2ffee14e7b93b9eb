"""A cleaned picture: upright, the same to the eye, and nothing beside its pixels, as Pillow and a walk of the bytes see it."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageOps, PngImagePlugin

from markpipe.errors import OutputError
from markpipe.formats.pictureclean import clean_picture
from markpipe.proof.picture import check_picture

XMP = b'http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>secret</a></x:xmpmeta>'


def drawn() -> Image.Image:
    """Red at the top left, blue at the bottom right: no two turns of it are alike."""
    picture = Image.new("RGB", (64, 48), "white")
    picture.paste("red", (0, 0, 24, 16))
    picture.paste("blue", (40, 32, 64, 48))
    return picture


def jpeg(orientation: int = 1) -> bytes:
    """A photograph with everything beside its pixels: EXIF, thumbnail, XMP, profile, comment, and words behind the end."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = orientation, "secret"
    target = io.BytesIO()
    drawn().save(target, "JPEG", quality=95, exif=exif, comment=b"secret", icc_profile=b"secret" * 40)
    data = target.getvalue()
    segment = b"\xff\xe1" + struct.pack(">H", len(XMP) + 2) + XMP
    return data[:2] + segment + data[2:] + b"secret"


def png() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "secret")
    info.add_itxt("Comment", "secret", zip=True)
    target = io.BytesIO()
    drawn().save(target, "PNG", pnginfo=info, icc_profile=b"secret" * 40)
    return target.getvalue() + b"secret"


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_stands_as_its_exif_asked(orientation: int) -> None:
    data = jpeg(orientation)
    wanted = ImageOps.exif_transpose(opened(data)).convert("RGB")
    got = opened(clean_picture(data))
    assert got.size == wanted.size
    difference = np.abs(np.asarray(got, dtype=int) - np.asarray(wanted, dtype=int))
    assert difference.mean() < 4


@pytest.mark.parametrize("data", [jpeg(6), png()], ids=["jpeg", "png"])
def test_nothing_beside_the_pixels_is_left(data: bytes) -> None:
    assert check_picture(data)
    clean = clean_picture(data)
    assert check_picture(clean) == ()
    picture = opened(clean)
    assert not picture.getexif()
    assert not {"exif", "icc_profile", "comment", "xmp", "Author"} & set(picture.info)
    assert b"secret" not in clean
    assert clean_picture(data) == clean


def test_png_keeps_every_pixel_and_transparency() -> None:
    source = drawn().convert("RGBA")
    source.putpixel((5, 5), (1, 2, 3, 0))
    target = io.BytesIO()
    source.save(target, "PNG")
    got = opened(clean_picture(target.getvalue()))
    assert got.mode == "RGBA"
    alpha = np.asarray(got)[..., 3]
    assert (alpha == np.asarray(source)[..., 3]).all()
    shown = alpha > 0
    assert (np.asarray(got)[shown] == np.asarray(source)[shown]).all()


def test_what_is_to_be_wiped_is_black_on_the_upright_picture() -> None:
    got = opened(clean_picture(jpeg(6), [(0.0, 0.0, 9.5, 9.5), (40.0, 60.0, 900.0, 900.0)])).convert("L")
    assert got.size == (48, 64)
    levels = np.asarray(got)
    assert levels[4, 4] < 20
    assert levels[62, 46] < 20
    assert levels[32, 24] > 200
    source = io.BytesIO()
    Image.new("RGBA", (20, 20), (1, 2, 3, 0)).save(source, "PNG")
    assert opened(clean_picture(source.getvalue(), [(0, 0, 5, 5)])).getpixel((2, 2)) == (0, 0, 0, 255)


def test_what_moves_or_cannot_be_decoded_is_not_guessed_at() -> None:
    target = io.BytesIO()
    drawn().save(target, "PNG", save_all=True, append_images=[drawn().rotate(90)])
    for data in (target.getvalue(), b"\xff\xd8\xff\xe0nothing", b"\x89PNG\r\n\x1a\nnothing"):
        with pytest.raises(OutputError):
            clean_picture(data)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_the_check_names_whatever_is_too_much() -> None:
    clean_jpeg, clean_png = clean_picture(jpeg()), clean_picture(png())
    comment = b"\xff\xfe\x00\x08secret"
    end = clean_png.rindex(struct.pack(">I", 0) + b"IEND")
    broken = bytearray(clean_png)
    broken[40] ^= 1
    for data, words in (
        (clean_jpeg + b"x", "之后还有数据"),
        (clean_jpeg[:-2], "没有结尾"),
        (clean_jpeg[:2] + comment + clean_jpeg[2:], "段 FE"),
        (clean_jpeg[:2] + b"\xff\xe0\x00\x08JFXX\x00\x10" + clean_jpeg[2:], "缩略图"),
        (clean_jpeg[:2] + b"12" + clean_jpeg[2:], "不完整"),
        (clean_png + b"x", "之后还有数据"),
        (clean_png[:end], "没有结尾"),
        (clean_png[:end] + _chunk(b"tEXt", b"a\x00b") + clean_png[end:], "块 tEXt"),
        (bytes(broken), "校验和"),
        (b"GIF89a", "不是 JPEG"),
    ):
        assert any(words in problem for problem in check_picture(data)), words
