"""Draws the pictures of docs/photo.md: `photo_pictures.py FOLDER`, with the program that DAKA_CLI names.

The scenes are drawn here, a harbour by day and by night, and stored as phones store them, so that no photograph of anybody is in the repository.
Each is marked by `daka photo mark`, shown as a viewer shows it, and made small."""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

sys.path.insert(0, str(Path(__file__).parent))
from photo_files import coded, exif, segment, with_segments  # noqa: E402

TRADITIONAL = ["2026-11-24 08:58:03 +08:00 Verified", "22.28193 N 114.15816 E WGS-84 ±12 m", "中環總部 Central HQ", "陳大文", "7ZK4Q-0M8XA*"]
SIMPLIFIED = ["2026-11-24 19:20:41 +08:00 Bounded", "22.53112 N 114.05621 E WGS-84 ±8 m", "福田区益田路客户拜访", "陈大文 20417", "3HD0W-V5T2N="]
# The picture's name, scene, size as shown, orientation in the file, lines, and arguments.
PICTURES = [
    ("strip-landscape", "day", (2000, 1500), 1, TRADITIONAL, []),
    ("strip-portrait", "night", (1500, 2000), 6, SIMPLIFIED, ["--plate", "light"]),
    ("splice-bottom", "night", (2000, 1500), 3, TRADITIONAL, ["--mode", "splice"]),
    ("splice-corner", "day", (2000, 1500), 1, SIMPLIFIED, ["--mode", "splice", "--placement", "bottom_right", "--plate", "light"]),
    ("splice-no-plate", "day", (1500, 2000), 8, TRADITIONAL, ["--mode", "splice", "--placement", "bottom_left", "--plate", "none"]),
]
TURNS = {1: None, 3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}


def ramp(size, top, bottom):
    share = np.linspace(0, 1, size[1])[:, None, None]
    line = np.array(top) * (1 - share) + np.array(bottom) * share
    return np.broadcast_to(line, (size[1], size[0], 3))


def scene(kind, size):
    """Sky, hills, towers with windows, and water that shows them again."""
    random = np.random.default_rng(24)
    width, height = size
    day = kind == "day"
    image = Image.fromarray(ramp(size, (126, 176, 226) if day else (8, 12, 34), (240, 240, 232) if day else (58, 44, 70)).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    shore = int(height * 0.68)
    for depth, far in enumerate([0.30, 0.22]):
        line = np.cumsum(random.normal(0, 1, width // 8 + 2))
        line = np.convolve(line - line.mean(), np.ones(25) / 25, "same")
        tops = shore - height * far * (0.75 + 0.25 * line / max(1, np.abs(line).max()))
        colour = [(150, 170, 160), (104, 136, 112)][depth] if day else [(26, 28, 48), (16, 22, 34)][depth]
        draw.polygon([(0, shore), *[(8 * x, y) for x, y in enumerate(tops)], (width, shore)], fill=colour)
    x = -20
    while x < width:
        across, high = int(random.uniform(0.035, 0.08) * width), int(random.uniform(0.12, 0.46) * height)
        tone = int(random.uniform(150, 225) if day else random.uniform(18, 48))
        draw.rectangle([x, shore - high, x + across, shore], fill=(tone, tone, min(255, tone + 12)))
        step = max(9, across // 9)
        for wy in range(shore - high + step, shore - step, step * 2):
            for wx in range(x + step, x + across - step, step * 2):
                lit = random.random() < 0.45
                glass = (96, 120, 146) if day else ((250, 216, 140) if lit else (30, 34, 52))
                draw.rectangle([wx, wy, wx + step - 2, wy + step], fill=glass)
        x += across + int(random.uniform(0, 0.02) * width)
    mirrored = ImageOps.flip(image.crop((0, 2 * shore - height, width, shore))).filter(ImageFilter.GaussianBlur(width / 220))
    water = Image.blend(mirrored, Image.new("RGB", mirrored.size, (70, 110, 130) if day else (8, 14, 26)), 0.5)
    image.paste(water, (0, shore))
    pixels = np.asarray(image).astype(float) + random.normal(0, 3, (height, width, 1))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def small(image, path, side):
    """As good as 60 kB allow."""
    image.thumbnail((side, side), Image.LANCZOS)
    for quality in range(88, 40, -4):
        image.save(path, quality=quality, optimize=True)
        if path.stat().st_size <= 60_000:
            break


def main(folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        for name, kind, size, orientation, lines, arguments in PICTURES:
            shown = scene(kind, size)
            stored = shown if TURNS[orientation] is None else shown.transpose(TURNS[orientation])
            camera, marked = Path(temporary) / f"{name}.jpg", Path(temporary) / f"{name}-marked.jpg"
            plain = coded(stored, quality=93, subsampling=2)
            camera.write_bytes(with_segments(plain, segment(0xE1, exif(*stored.size, orientation, True, b""))))
            subprocess.run([os.environ["DAKA_CLI"], "photo", "mark", camera, marked, "--text", *lines, *arguments], check=True, stdout=subprocess.DEVNULL)
            with Image.open(marked) as image:
                seen = ImageOps.exif_transpose(image).convert("RGB")
            if name == "splice-bottom":
                # A part of it, pixel by pixel.
                small(seen.crop((0, seen.height - 260, 920, seen.height)), folder / "letters.jpg", 920)
            small(seen, folder / f"{name}.jpg", 720)
            print(f"{name}.jpg")


if __name__ == "__main__":
    main(*sys.argv[1:])
