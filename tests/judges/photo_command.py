"""`daka photo mark`, `restore` and `check` before libjpeg, Pillow and exiftool.

`photo_command.py` runs the program that DAKA_CLI names over pictures in all eight orientations, light and dark; `photo_command.py FOLDER` over every
JPEG file below FOLDER, and says which were refused and why. Of each photo in both modes: libjpeg's own coefficients (jpeglib) are the
camera's outside the box that the program says, libjpeg-turbo (simplejpeg, strict) and exiftool have nothing more to complain about than of the
camera's file, Pillow opens it in the size that was said, the digests are what hashlib says, and what comes back is the camera's file byte by
byte, unless the program says that it had to code the photo anew. The eight orientations of one picture show the same mark, at the bottom, upright, and with the contrast that WCAG asks for. The last
line is `N passed, N failed`."""
import collections
import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

sys.path.insert(0, str(Path(__file__).parent))
from photo_files import coded, exif, segment, with_segments  # noqa: E402
from photo_marks import box_of, planes, sampling, warned  # noqa: E402

Image.MAX_IMAGE_PIXELS = None
LINES = ["2026-11-24 08:58:03 +08:00 Verified", "22.28193 N 114.15816 E WGS-84 ±12 m", "中環總部 Central HQ", "陳大文", "7ZK4Q-0M8XA*"]
MODES = [["strip"], ["splice"], ["splice", "--placement", "top_right", "--plate", "light"], ["splice", "--plate", "none"]]


class Judge:
    def __init__(self, folder):
        self.folder = folder
        self.passed = self.failed = self.blocks = self.reencoded = 0
        self.refused = collections.Counter()

    def hold(self, truth, what):
        self.passed += bool(truth)
        self.failed += not truth
        if not truth:
            print(f"FAILED: {what}")

    def daka(self, *words):
        run = subprocess.run([os.environ["DAKA_CLI"], "photo", *map(str, words), "--json"], capture_output=True, text=True, check=False)
        return run.returncode, json.loads(run.stdout)

    def photo(self, name, path, modes):
        """Marks, compares and gives back one file; the marked files by mode."""
        data, marked_files = path.read_bytes(), []
        complaints = warned_of(data), exiftool(path)
        for mode in modes:
            what = f"{name} {' '.join(mode)}"
            out, back = self.folder / "out.jpg", self.folder / "back.jpg"
            code, said = self.daka("mark", path, out, "--text", *LINES, "--mode", *mode)
            if code:
                self.refused[said["error"]["code"], said["error"]["message"].rsplit(": ", 1)[-1]] += 1
                self.hold(code == 2, f"{what}: {said}")
                continue
            marked = out.read_bytes()
            marked_files.append((mode, marked))
            self.hold(said["camera_sha256"] == hashlib.sha256(data).hexdigest(), f"{what}: the camera's digest")
            self.hold(said["content_sha256"] == hashlib.sha256(without_app11(marked)).hexdigest(), f"{what}: the content's digest")
            self.hold(said["missing"] == [], f"{what}: the font lacks {said['missing']}")
            with Image.open(out) as image:
                self.hold(image.size == (said["width"], said["height"]), f"{what}: another size is said")
                if complaints[0] is None:
                    image.load()
            now = warned_of(marked), exiftool(out)
            self.hold(now[0] is None or complaints[0] is not None, f"{what}: libjpeg: {now[0]}")
            self.hold(now[1] <= complaints[1], f"{what}: exiftool: {now[1] - complaints[1]}")
            # libjpeg reads no coefficients of a file that it takes for another kind of picture.
            if complaints[0] is None and said["mode"] != "reencoded":
                self.coefficients(what, path, out, data, said["box"], mode[0])
            undo = ["--undo", f"{out}.undo"] if mode[0] == "splice" else []
            back.unlink(missing_ok=True)
            code, given = self.daka("restore", out, back, *undo)
            self.hold(code == 0 and given["sha256"] == said["restored_sha256"] == hashlib.sha256(back.read_bytes()).hexdigest(),
                      f"{what}: not given back: {given}")
            if said["mode"] == "reencoded":
                self.reencoded += 1
                continue
            self.hold(said["mode"] == mode[0] and back.read_bytes() == data, f"{what}: not the camera's file")
        return marked_files

    def coefficients(self, what, camera, marked, data, box, mode):
        (before, steps), (after, steps_after) = planes(camera), planes(marked)
        self.hold(all((a == b).all() for a, b in zip(steps, steps_after)), f"{what}: quantisation steps differ")
        parts = sampling(data)
        h_max, v_max = max(part[0] for part in parts), max(part[1] for part in parts)
        outside = inside = 0
        for part, one, other in zip(parts, before, after):
            x0, y0, x1, y1 = box_of(part, h_max, v_max, box)
            if mode == "strip":
                # The camera's blocks begin behind a strip at the left or the top.
                x, y = (x1 if x0 == 0 and x1 < other.shape[1] else 0), (y1 if y0 == 0 and y1 < other.shape[0] else 0)
                other = other[y:y + one.shape[0], x:x + one.shape[1]]
                outside += int((one != other).any(axis=(2, 3)).sum())
                inside += 1
            else:
                changed = (one != other).any(axis=(2, 3))
                inside += int(changed[y0:y1, x0:x1].sum())
                changed[y0:y1, x0:x1] = False
                outside += int(changed.sum())
            self.blocks += one.shape[0] * one.shape[1]
        self.hold(outside == 0, f"{what}: {outside} blocks changed outside the box")
        self.hold(inside > 0, f"{what}: no mark is there")
        if mode == "splice":
            code, said = self.daka("check", camera, marked, "--box", ",".join(map(str, box)))
            # libjpeg shows no blocks beyond the picture's edge.
            self.hold(code == 0 and said["outside"] == 0 and said["inside"] >= inside, f"{what}: daka photo check: {said}")


def warned_of(data):
    try:
        return warned(data)
    except (IndexError, KeyError, ValueError, struct.error) as problem:
        # A broken file whose segments cannot even be followed.
        return f"no JPEG: {problem}"


def exiftool(path):
    """What exiftool complains about."""
    if not shutil.which("exiftool"):
        return set()
    run = subprocess.run(["exiftool", "-q", "-warning", "-error", "-a", path], capture_output=True, text=True, check=False)
    return set(run.stdout.splitlines())


def without_app11(file):
    """The file but for its segments of APP11 before the scan."""
    at, out = 2, bytearray(file[:2])
    while True:
        marker = at
        while file[at] == 0xFF:
            at += 1
        code, length = file[at], int.from_bytes(file[at + 1:at + 3], "big")
        if code == 0xDA:
            return bytes(out) + file[marker:]
        if file[marker] != 0xFF:
            at = file.index(b"\xff", marker)
            out += file[marker:at]
            continue
        at += 1 + length
        if code != 0xEB:
            out += file[marker:at]


def luminance(image):
    """Relative luminance of WCAG 2.2."""
    value = np.asarray(image.convert("L")).astype(float) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def orientations(judge):
    """One picture as shown, stored in eight ways; as bright, and as dark, as a picture can be."""
    turns = [None, Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_180, Image.Transpose.FLIP_TOP_BOTTOM,
             Image.Transpose.TRANSPOSE, Image.Transpose.ROTATE_90, Image.Transpose.TRANSVERSE, Image.Transpose.ROTATE_270]
    for scene, value, subsampling in [("light", 255, 2), ("dark", 0, 0)]:
        shown = Image.new("RGB", (960, 720), (value,) * 3)
        seen = collections.defaultdict(list)
        for number, turn in enumerate(turns, 1):
            stored = shown if turn is None else shown.transpose(turn)
            plain = coded(stored, quality=92, subsampling=subsampling)
            path = judge.folder / f"{scene}_{number}.jpg"
            path.write_bytes(with_segments(plain, segment(0xE1, exif(*stored.size, number, True, b""))))
            for mode, marked in judge.photo(path.name, path, MODES):
                (judge.folder / "seen.jpg").write_bytes(marked)
                with Image.open(judge.folder / "seen.jpg") as image:
                    seen[" ".join(mode)].append(ImageOps.exif_transpose(image).convert("L"))
        for mode, images in seen.items():
            first = np.asarray(images[0]).astype(int)
            for number, image in enumerate(images, 1):
                # The picture is 45 MCUs of 16 lines or 90 of 8 high, so that no orientation moves anything.
                other = np.asarray(image).astype(int)
                judge.hold(first.shape == other.shape and np.abs(first - other).mean() < 2, f"{scene} {mode}: orientation {number} shows another mark")
            image = images[0]
            changed = np.argwhere(np.abs(np.asarray(image).astype(int) - value) > 60)
            low = changed[:, 0].min() > image.height // 2
            judge.hold(low == ("top" not in mode), f"{scene} {mode}: the mark is elsewhere")
            # The letters' rows: the brightest and the darkest twentieth of what lies there.
            top, bottom = changed[:, 0].min(), changed[:, 0].max() + 1
            left, right = changed[:, 1].min(), changed[:, 1].max() + 1
            light = np.sort(luminance(image.crop((left, top, right, bottom))).ravel())
            high, deep = light[-max(1, len(light) // 50):].mean(), light[:max(1, len(light) // 50)].mean()
            judge.hold((high + 0.05) / (deep + 0.05) >= 4.5, f"{scene} {mode}: contrast {(high + 0.05) / (deep + 0.05):.1f}")


def main(folder=None):
    with tempfile.TemporaryDirectory() as temporary:
        judge = Judge(Path(temporary))
        if folder is None:
            orientations(judge)
        else:
            paths = sorted(path for path in Path(folder).rglob("*") if path.suffix.lower() in (".jpg", ".jpeg"))
            taken = 0
            for path in paths:
                taken += bool(judge.photo(path.name, path, MODES[:2]))
            print(f"{taken} of {len(paths)} taken, {judge.reencoded // 2} of them coded anew first")
            for (code, why), count in judge.refused.most_common():
                print(f"refused {count} times: {code}: {why}")
        print(f"{judge.blocks} blocks compared")
        print(f"{judge.passed} passed, {judge.failed} failed")
        return 1 if judge.failed else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
