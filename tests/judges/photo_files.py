"""Small pictures in every form that the splice takes, and in forms that it does not, written by Pillow and simplejpeg (libjpeg-turbo).

`photo_files.py FOLDER` writes them: core/jpeg/tests/files was made so. They show no place and no person."""
import io
import struct
import sys
from pathlib import Path

import numpy as np
import simplejpeg
from PIL import Image


def picture(width, height, mode="RGB", seed=1):
    """Waves with noise on them: every coefficient gets something to do."""
    noise = np.random.default_rng(seed).normal(0, 12, (height, width, 3))
    y, x = np.mgrid[0:height, 0:width]
    waves = np.stack([128 + 100 * np.sin(x / 37.0 + c) * np.cos(y / (23.0 + c * 9)) for c in range(3)], -1)
    return Image.fromarray(np.clip(waves + noise, 0, 255).astype("uint8")).convert(mode)


def coded(image, **options):
    out = io.BytesIO()
    image.save(out, "JPEG", **options)
    return out.getvalue()


def segment(code, body):
    return bytes([0xFF, code]) + struct.pack(">H", len(body) + 2) + body


def exif(width, height, orientation, little, thumbnail):
    """A directory with size, times, a position (25.0339 N, 121.5645 W), and a second one with a thumbnail."""
    order = "<" if little else ">"
    data = bytearray(b"II*\0" if little else b"MM\0*") + struct.pack(order + "I", 8)

    def directory(entries, link):
        """Writes a directory; entries are (tag, type, count, bytes)."""
        begin = len(data)
        table = bytearray(struct.pack(order + "H", len(entries)))
        behind = begin + 2 + 12 * len(entries) + 4
        tail = bytearray()
        for tag, kind, count, value in entries:
            if len(value) <= 4:
                word = value.ljust(4, b"\0")
            else:
                word = struct.pack(order + "I", behind + len(tail))
                tail += value + b"\0" * (len(value) % 2)
            table += struct.pack(order + "HHI", tag, kind, count) + word
        data.extend(table + struct.pack(order + "I", 0) + tail)
        if link:
            data[link:link + 4] = struct.pack(order + "I", begin)
        return begin + 2 + 12 * len(entries)

    short = lambda n: struct.pack(order + "H", n)
    long = lambda n: struct.pack(order + "I", n)
    ratios = lambda *pairs: b"".join(struct.pack(order + "II", *pair) for pair in pairs)
    end = directory([(0x0112, 3, 1, short(orientation)), (0x0132, 2, 20, b"2026:01:02 03:04:05\0"),
                     (0x8769, 4, 1, long(0)), (0x8825, 4, 1, long(0))], None)
    details, gps = 8 + 2 + 12 * 2 + 8, 8 + 2 + 12 * 3 + 8
    directory([(0x9003, 2, 20, b"2026:03:04 05:06:07\0"), (0x9011, 2, 7, b"-03:30\0"),
               (0xA002, 4, 1, long(width)), (0xA003, 3, 1, short(height))], details)
    directory([(1, 2, 2, b"N\0"), (2, 5, 3, ratios((25, 1), (2, 1), (204, 100))),
               (3, 2, 2, b"W\0"), (4, 5, 3, ratios((121, 1), (33, 1), (5220, 100))),
               (7, 5, 3, ratios((8, 1), (36, 1), (7, 1))), (0x1D, 2, 11, b"2026:03:04\0")], gps)
    if thumbnail:
        second = directory([(0x0201, 4, 1, long(0)), (0x0202, 4, 1, long(len(thumbnail)))], end)
        data[second - 4 - 12:second - 12] = long(len(data))
        data.extend(thumbnail)
    return b"Exif\0\0" + bytes(data)


def with_segments(file, segments, trailer=b""):
    """Behind the first marker, and behind the last."""
    return file[:2] + segments + file[2:] + trailer


def files():
    """Name and bytes. A name that begins with "other_" is a form that is not spliced."""
    out = {}
    size = (83, 61)
    for name, sampling in [("444", 0), ("422", 1), ("420", 2)]:
        out[f"{name}.jpg"] = coded(picture(*size), quality=85, subsampling=sampling)
        out[f"{name}_optimised_rows.jpg"] = coded(picture(*size), quality=70, subsampling=sampling, optimize=True, restart_marker_rows=1)
        out[f"{name}_blocks.jpg"] = coded(picture(*size), quality=92, subsampling=sampling, restart_marker_blocks=3)
    for name in ["440", "411"]:
        out[f"{name}.jpg"] = simplejpeg.encode_jpeg(np.array(picture(*size)), 85, colorsubsampling=name)
    out["grey.jpg"] = coded(picture(*size, "L"), quality=85)
    out["grey_optimised_blocks.jpg"] = coded(picture(*size, "L"), quality=40, optimize=True, restart_marker_blocks=5)
    out["one_pixel.jpg"] = coded(picture(1, 1), quality=85, subsampling=2)
    # Quantisation steps of 16 bits need extended sequential coding (SOF1).
    out["extended_16_bit_steps.jpg"] = coded(picture(*size), subsampling=2, qtables=[[16] * 32 + [300] * 32, [17] * 32 + [400] * 32])
    plain = out["420.jpg"]
    thumbnail = coded(picture(16, 12), quality=50)
    for orientation in range(1, 9):
        body = exif(*size, orientation, orientation % 2 == 0, thumbnail if orientation < 5 else b"")
        out[f"exif_{orientation}.jpg"] = with_segments(plain, segment(0xE1, body))
    xmp = b'http://ns.adobe.com/xap/1.0/\0<x Camera:MotionPhoto="1"/><y><GCamera:MicroVideo>1</GCamera:MicroVideo></y>'
    mpf = segment(0xE2, b"MPF\0MM\0*\0\0\0\x08\0\0")
    out["second_picture.jpg"] = with_segments(plain, mpf, out["grey.jpg"])
    out["film.jpg"] = with_segments(out["422_blocks.jpg"], segment(0xE1, xmp), b"\0\0\0\x18ftypmp42 and the film")
    out["manifest.jpg"] = with_segments(plain, segment(0xEB, b"JP a manifest of the camera"))
    ramp = np.tile(np.arange(144, dtype="uint8") + 50, (64, 1))
    out["ramp.jpg"] = coded(Image.fromarray(ramp), quality=90)
    out["ramp_mirrored.jpg"] = coded(Image.fromarray(ramp[:, ::-1].copy()), quality=90)
    out["other_progressive.jpg"] = coded(picture(*size), quality=85, progressive=True)
    out["other_progressive_rows.jpg"] = coded(picture(*size), quality=92, subsampling=1, progressive=True, restart_marker_blocks=3)
    out["other_progressive_grey.jpg"] = with_segments(coded(picture(*size, "L"), quality=85, progressive=True), segment(0xE1, exif(*size, 6, False, b"")))
    out["other_cmyk.jpg"] = coded(picture(*size, "CMYK"), quality=85)
    out["rgb.jpg"] = coded(picture(*size), quality=85, keep_rgb=True)
    return out


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files().items():
        (folder / name).write_bytes(data)
