"""Marked photographs before libjpeg: nothing changed outside the box, no warning, and the camera's file given back.

`photo_marks.py` runs the built example `photo` of daka-jpeg, beside the program that DAKA_CLI names, over small pictures in every form that
is taken, written by Pillow and simplejpeg. What it compares are libjpeg-turbo's own coefficients (jpeglib), its warnings (simplejpeg,
strict) and its samples (Pillow); the digest of untouched coefficients is computed from jpeglib's, from its description alone. The last line
is `N passed, N failed`."""
import hashlib
import math
import os
import struct
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import jpeglib
import numpy as np
import simplejpeg
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
from photo_files import coded, exif, files, picture, segment, with_segments  # noqa: E402

# libjpeg-turbo, as most decoders have it.
jpeglib.version.set("turbo210")
# Stored edge that is shown lowest, by orientation: Exif 2.32, tag 0x0112.
SHOWN_LOWEST = ["bottom", "bottom", "top", "top", "right", "right", "left", "left"]


class Program:
    def __init__(self, path=None):
        self.path = path or Path(os.environ["DAKA_CLI"]).parent / "examples" / "photo"
        if not self.path.exists():
            raise SystemExit(f"{self.path} is not there: cargo build -p daka-jpeg --example photo")
        self.start()

    def start(self):
        self.process = subprocess.Popen([self.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *words):
        self.process.stdin.write("\t".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        state, _, said = self.process.stdout.readline().rstrip("\n").partition(" ")
        if state not in ("ok", "error"):
            # A panic is an answer, and the next question is for another process.
            self.start()
            return False, "the program broke off"
        return state == "ok", said


def planes(path):
    """Coefficients by component (blocks down, blocks across, 8 × 8) and their quantisation steps, by libjpeg."""
    image = jpeglib.read_dct(str(path))
    found = [plane for plane in (image.Y, image.Cb, image.Cr) if plane is not None]
    tables = image.qt
    numbers = list(image.quant_tbl_no)[:len(found)] if getattr(image, "quant_tbl_no", None) is not None else [0, 1, 1][:len(found)]
    return found, [np.asarray(tables[min(number, len(tables) - 1)]) for number in numbers]


def sampling(file):
    """Blocks of an MCU by component, from the frame's segment; 1 × 1 for a picture of one component."""
    at = 2
    while file[at + 1] not in (0xC0, 0xC1, 0xC2):
        # Fill bytes, and what some editors leave between segments, are passed over.
        if file[at] == 0xFF and file[at + 1] not in (0x00, 0xFF):
            at += 2 + struct.unpack(">H", file[at + 2:at + 4])[0]
        else:
            at = file.index(b"\xff", at + 1)
    count = file[at + 9]
    return [(1, 1)] if count == 1 else [(file[at + 11 + 3 * c] >> 4, file[at + 11 + 3 * c] & 15) for c in range(count)]


def box_of(component, h_max, v_max, box):
    """Blocks of a component in a box of pixels."""
    h, v = component
    x0, y0, x1, y1 = box
    return x0 * h // (8 * h_max), y0 * v // (8 * v_max), x1 * h // (8 * h_max), y1 * v // (8 * v_max)


def warned(data):
    """What libjpeg-turbo has to say against a file; none is the answer for a good one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            simplejpeg.decode_jpeg(data, {1: "GRAY", 3: "RGB", 4: "CMYK"}[len(sampling(data))], strict=True)
    except (ValueError, LookupError, Warning) as problem:
        return str(problem)
    return None


def psnr(first, second):
    """Peak signal to noise of two pictures, dB."""
    first, second = (np.asarray(image.convert("RGB")).astype(np.int32) for image in (first, second))
    if first.shape != second.shape:
        return 0.0
    error = float(np.mean((first - second) ** 2))
    return 99.0 if error == 0 else 10 * math.log10(255 ** 2 / error)


class Judge:
    def __init__(self, folder, program=None):
        self.folder, self.program = folder, program or Program()
        self.passed = self.failed = self.blocks = 0

    def hold(self, truth, what):
        if truth:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED: {what}")

    def file(self, name, data=None):
        path = self.folder / name
        if data is not None:
            path.write_bytes(data)
        return path

    def splice(self, name, data, plate, complaint=None):
        """`complaint` is what libjpeg has to say against the camera's own file."""
        camera, marked, undo, back = (self.file(n) for n in ("camera.jpg", "marked.jpg", "marked.undo", "back.jpg"))
        camera.write_bytes(data)
        with Image.open(camera) as image:
            width, height = image.size
        x, y, w, h = width // 5, height // 2, max(1, width * 3 // 5), max(1, height // 4)
        ok, said = self.program.ask("splice", camera, marked, undo, x, y, w, h, plate)
        self.hold(ok, f"{name}: splice: {said}")
        if not ok:
            return
        box = [int(word) for word in said.split()[:4]]
        after = warned(marked.read_bytes())
        self.hold(after == complaint, f"{name}: {after}")
        (before, steps), (after, steps_after) = planes(camera), planes(marked)
        self.hold(all((a == b).all() for a, b in zip(steps, steps_after)), f"{name}: quantisation steps differ")
        parts = sampling(data)
        h_max, v_max = max(part[0] for part in parts), max(part[1] for part in parts)
        outside = inside = 0
        for part, one, other in zip(parts, before, after):
            changed = (one != other).any(axis=(2, 3))
            x0, y0, x1, y1 = box_of(part, h_max, v_max, box)
            inside += int(changed[y0:y1, x0:x1].sum())
            changed[y0:y1, x0:x1] = False
            outside += int(changed.sum())
            self.blocks += changed.size
        self.hold(outside == 0, f"{name}: {outside} blocks changed outside the box")
        self.hold(inside > 0 or height < 60, f"{name}: no mark is there")
        self.given_back(name, data, ("restore", marked, undo, back), back)
        _, first = self.program.ask("untouched", camera, *box)
        _, second = self.program.ask("untouched", marked, *box)
        self.hold(first == second and len(first) == 64, f"{name}: the digest of untouched coefficients differs")
        # libjpeg shows no blocks beyond the picture's last ones; the digest has them, so it is judged where there are none.
        if width % (8 * h_max) == 0 and height % (8 * v_max) == 0:
            self.hold(first == self.digest(parts, after, steps, h_max, v_max, box), f"{name}: the digest is not that of its description")

    def digest(self, parts, found, steps, h_max, v_max, box):
        components = []
        for part, plane, step in zip(parts, found, steps):
            digest = hashlib.sha256(bytes(part) + step.astype(">u2").tobytes())
            x0, y0, x1, y1 = box_of(part, h_max, v_max, box)
            for y, row in enumerate(plane):
                if y0 <= y < y1:
                    row = np.concatenate([row[:x0], row[x1:]])
                if len(row):
                    digest.update(struct.pack(">I", len(row)) + row.astype(">i2").tobytes())
            components.append(digest.digest())
        return hashlib.sha256(b"daka coefficients 0\0" + bytes([len(components)]) + b"".join(components)).hexdigest()

    def strip(self, name, data, side, complaint=None):
        camera, marked, back = (self.file(n) for n in ("camera.jpg", "marked.jpg", "back.jpg"))
        camera.write_bytes(data)
        ok, said = self.program.ask("strip", camera, side, marked, 20)
        self.hold(ok, f"{name}: strip {side}: {said}")
        if not ok:
            return
        after = warned(marked.read_bytes())
        self.hold(after == complaint, f"{name}: strip {side}: {after}")
        parts, (before, _), (after, _) = sampling(data), planes(camera), planes(marked)
        h_max, v_max = max(part[0] for part in parts), max(part[1] for part in parts)
        x0, y0, x1, y1 = (int(word) for word in said.split()[:4])
        left, top = (x1 if side == "left" else 0), (y1 if side == "top" else 0)
        same = True
        for part, one, other in zip(parts, before, after):
            x, y = left * part[0] // (8 * h_max), top * part[1] // (8 * v_max)
            down, across = one.shape[:2]
            same &= (other[y:y + down, x:x + across] == one).all()
            self.blocks += one.shape[0] * one.shape[1]
        self.hold(same, f"{name}: strip {side}: blocks of the picture changed")
        self.given_back(f"{name}: strip {side}", data, ("unstrip", marked, back), back)

    def given_back(self, name, data, words, back):
        back.unlink(missing_ok=True)
        ok, said = self.program.ask(*words)
        digest = hashlib.sha256(back.read_bytes()).hexdigest() if ok else said
        self.hold(digest == hashlib.sha256(data).hexdigest(), f"{name}: not given back: {digest}")

    def other(self, name, data):
        """A file of a form that the splice does not take is made into one that it does, which is then marked. Gives the answer's two parts:
        what was made of it, and why nothing was."""
        camera, made = self.file("other.jpg", data), self.file("made.jpg")
        ok, said = self.program.ask("markable", camera, made)
        if not ok or said == "as_it_is":
            return (said, None) if ok else (None, said)
        with Image.open(camera) as first, Image.open(made) as second:
            # The same coefficients are the same picture.
            likeness, least = psnr(first, second), 99 if said == "recoded" else 40
            self.hold(likeness >= least, f"{name}: {said} with {likeness:.1f} dB")
            self.hold(first.getexif().get(0x0112) == second.getexif().get(0x0112), f"{name}: {said} with another orientation")
        self.hold(warned(made.read_bytes()) is None, f"{name}: {said}: {warned(made.read_bytes())}")
        marked = made.read_bytes()
        self.splice(f"{name}, {said}", marked, 128)
        for side in ("right", "bottom"):
            self.strip(f"{name}, {said}", marked, side)
        return said, None

    def shown(self, orientation, data):
        """The strip of a turned picture is shown below it, over its whole width, by a viewer that knows the orientation."""
        from PIL import ImageOps

        camera, marked = self.file("camera.jpg", data), self.file("marked.jpg")
        self.program.ask("strip", camera, str(orientation), marked, 32)
        with Image.open(camera) as image:
            before = ImageOps.exif_transpose(image).convert("L")
        with Image.open(marked) as image:
            after = ImageOps.exif_transpose(image).convert("L")
        dark = np.asarray(after.crop((0, after.height - 30, after.width, after.height))).astype(int)
        self.hold(after.height >= before.height + 32 and abs(after.width - before.width) < 16, f"orientation {orientation}: the strip is not below")
        self.hold(np.median(dark) < 24, f"orientation {orientation}: the lowest lines are not the strip")

    def broken(self, name, data, random, *command):
        """Cut off or with flipped bits: the program answers, and what it accepts libjpeg accepts without a warning about its length."""
        accepted = 0
        scan = data.index(b"\xff\xda")
        for _ in range(12):
            damaged = bytearray(data)
            if random.random() < 0.5:
                damaged = damaged[:random.integers(scan + 14, len(data) - 4)] + b"\xff\xd9"
                short = True
            else:
                for _ in range(3):
                    damaged[random.integers(0, len(data))] ^= 1 << random.integers(0, 8)
                short = False
            path = self.file("broken.jpg", bytes(damaged))
            ok, _ = self.program.ask(*(command or ("survey",)), path, *([self.folder / "made.jpg"] if command else []))
            accepted += ok
            if short:
                complaint = warned(bytes(damaged))
                self.hold(not ok or complaint is None, f"{name}: a short scan was accepted, though {complaint}")
        self.hold(True, name)


def forms():
    """Every form at several sizes."""
    for width, height in [(96, 80), (83, 61), (17, 9), (1, 1)]:
        for sampling_ in [0, 1, 2, None]:
            for quality in [50, 97]:
                for optimised in [False, True]:
                    for name, restart in [("", {}), ("rows", {"restart_marker_rows": 1}), ("blocks", {"restart_marker_blocks": 5})]:
                        options = dict(quality=quality, optimize=optimised, **restart)
                        if sampling_ is not None:
                            options["subsampling"] = sampling_
                        image = picture(width, height, "L" if sampling_ is None else "RGB")
                        yield f"{width}x{height} {sampling_} q{quality} {'optimised ' if optimised else ''}{name}", coded(image, **options)
    for name in ["440", "411", "422"]:
        yield f"96x80 {name}", simplejpeg.encode_jpeg(np.array(picture(96, 80)), 85, colorsubsampling=name)


def progressive():
    """Progressive pictures, whose coefficients come in about ten scans."""
    for width, height in [(96, 80), (83, 61), (17, 9), (1, 1)]:
        for sampling_ in [0, 1, 2, None]:
            for quality in [30, 97]:
                for name, restart in [("", {}), ("blocks", {"restart_marker_blocks": 5})]:
                    image = picture(width, height, "L" if sampling_ is None else "RGB")
                    options = dict(quality=quality, progressive=True, **restart, **({} if sampling_ is None else {"subsampling": sampling_}))
                    yield f"{width}x{height} progressive {sampling_} q{quality} {name}", coded(image, **options)


def main():
    random = np.random.default_rng(6)
    with tempfile.TemporaryDirectory() as folder:
        judge = Judge(Path(folder))
        for number, (name, data) in enumerate(forms()):
            judge.splice(name, data, [128, 0, 255][number // 3 % 3])
            for side in ("top", "right", "bottom", "left"):
                judge.strip(name, data, side)
            if number % 7 == 0 and len(data) > 1000:
                judge.broken(name, data, random)
        for name, data in files().items():
            camera = judge.file("camera.jpg", data)
            if name.startswith("other_"):
                ok, _ = judge.program.ask("splice", camera, judge.file("marked.jpg"), judge.file("undo"), 0, 0, 9, 9, 128)
                judge.hold(not ok, f"{name}: a form that is not taken was marked")
                judge.hold(judge.other(name, data)[0] in ("recoded", "reencoded"), f"{name}: nothing was made of it")
            else:
                judge.splice(name, data, 128)
        for number, (name, data) in enumerate(progressive()):
            judge.hold(judge.other(name, data)[0] == "recoded", f"{name}: it was not coded again")
            if number % 3 == 0 and len(data) > 1000:
                judge.broken(name, data, random, "markable")
        plain = coded(picture(320, 240), quality=90, subsampling=2)
        for orientation in range(1, 9):
            turned = with_segments(plain, segment(0xE1, exif(320, 240, orientation, True, b"")))
            judge.shown(orientation, turned)
            for side in ("top", "right", "bottom", "left"):
                judge.strip(f"orientation {orientation}", turned, side)
        print(f"{judge.blocks} blocks compared")
        print(f"{judge.passed} passed, {judge.failed} failed")
        return 1 if judge.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
