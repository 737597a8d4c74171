"""Photographs as cameras wrote them: each file of a folder is marked, looked at by libjpeg, and given back.

`photo_cameras.py PHOTO FOLDER`: PHOTO is the built example `photo` of daka-jpeg; FOLDER is searched through for JPEG files. A file that the
program refuses although it is whole by libjpeg is a failure; so is one that is not given back byte by byte, whose coefficients outside the
box changed, or about which libjpeg complains otherwise than about the camera's own file. What is of another form is coded again, and then is
the same picture to Pillow (with 40 dB, where it had to be decoded). EXIF is held against exiftool, where it is there: orientation, time with
offset, position. Coefficients are jpeglib's, warnings simplejpeg's (strict; both libjpeg-turbo). The last line is `N passed, N failed`."""
import collections
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageFile

sys.path.insert(0, str(Path(__file__).parent))
from photo_marks import SHOWN_LOWEST, Judge, Program, warned  # noqa: E402

Image.MAX_IMAGE_PIXELS = None
ImageFile.LOAD_TRUNCATED_IMAGES = False
TAGS = ["DateTimeOriginal", "ModifyDate", "OffsetTimeOriginal", "OffsetTime",
        "GPSLatitude", "GPSLatitudeRef", "GPSLongitude", "GPSLongitudeRef"]


def whole(path, file):
    """Why the file may be refused: libjpeg does not read it, or not without a warning; none if it does."""
    try:
        with Image.open(path) as image:
            image.load()
    except (OSError, SyntaxError, ValueError) as problem:
        return f"Pillow: {problem}"
    tables = [file[at + 4:at + 2 + int.from_bytes(file[at + 2:at + 4], "big")] for at in range(len(file)) if file[at:at + 2] == b"\xff\xdb"]
    if any(0 in table[1:65] for table in tables if table[:1] < b"\x10"):
        return "a quantisation step of 0, which T.81 (B.2.4.1) does not have"
    return warned(file)


def exiftool(folder):
    """What exiftool reads, by path; none without exiftool."""
    program = shutil.which("exiftool")
    if not program:
        return None
    run = subprocess.run([program, "-j", "-n", "-q", "-r", "-ext", "jpg", "-ext", "jpeg", "-ext", "jpe", "-IFD0:Orientation", *[f"-EXIF:{tag}" for tag in TAGS], str(folder)],
                         capture_output=True, text=True)
    return {Path(entry["SourceFile"]).resolve(): entry for entry in json.loads(run.stdout or "[]")}


def time_of(text):
    """The numbers of a time that is one."""
    found = re.match(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)", str(text))
    numbers = [int(part) for part in found.groups()] if found else None
    fits = numbers and numbers[0] > 0 and all(low <= n <= high for n, (low, high) in zip(numbers[1:], [(1, 12), (1, 31), (0, 23), (0, 59), (0, 60)]))
    return numbers if fits else None


def expected(entry):
    """exiftool's reading as the program would say it: orientation, six numbers and offset, latitude and longitude."""
    orientation = entry.get("Orientation")
    orientation = str(orientation) if orientation in range(1, 9) else "-"
    words = ["-"] * 7
    for name, zone in [("DateTimeOriginal", "OffsetTimeOriginal"), ("ModifyDate", "OffsetTime")]:
        numbers = time_of(entry.get(name, ""))
        if numbers:
            offset = re.match(r"([+-])(\d\d):([0-5]\d)", str(entry.get(zone, "")))
            minutes = int(offset[2]) * 60 + int(offset[3]) if offset else None
            words = [*map(str, numbers), "-" if minutes is None or minutes > 900 else str(-minutes if offset[1] == "-" else minutes)]
            break
    place = ["-", "-"]
    if "" in (entry.get("GPSLatitude"), entry.get("GPSLongitude")):
        # A part of it is unknown (0/0), and then exiftool says nothing at all.
        return orientation, words, None
    degrees = [entry.get("GPSLatitude"), entry.get("GPSLongitude")]
    refs = [str(entry.get("GPSLatitudeRef", ""))[:1], str(entry.get("GPSLongitudeRef", ""))[:1]]
    if all(isinstance(value, (int, float)) for value in degrees) and refs[0] in ("N", "S") and refs[1] in ("E", "W"):
        if abs(degrees[0]) <= 90 and abs(degrees[1]) <= 180:
            place = [abs(degrees[0]) * (-1 if refs[0] == "S" else 1), abs(degrees[1]) * (-1 if refs[1] == "W" else 1)]
    return orientation, words, place


class Cameras(Judge):
    """Holds each file to the promises and counts."""

    def __init__(self, program, folder):
        super().__init__(folder, program)
        self.counts, self.refused = collections.Counter(), []

    def exif(self, name, said, entry):
        words = said.split()
        orientation, time, place = expected(entry)
        self.hold(words[0] == orientation, f"{name}: orientation {words[0]}, exiftool {orientation}")
        self.hold(words[1:8] == time, f"{name}: time {words[1:8]}, exiftool {time}")
        near = [place is None] * 2 if place is None else [a == b or "-" not in (a, b) and abs(float(a) - float(b)) < 2e-6 for a, b in zip(words[8:10], place)]
        self.hold(all(near), f"{name}: position {words[8:10]}, exiftool {place}")
        self.counts.update({"EXIF readings that say something": int((orientation, time[0], (place or "-")[0]) != ("-", "-", "-"))})

    def camera(self, name, path, entry):
        data = path.read_bytes()
        ok, said = self.program.ask("exif", path)
        if ok and entry is not None:
            self.exif(name, said, entry)
        ok, said = self.program.ask("survey", path)
        self.counts["files"] += 1
        if not ok:
            made, reason = self.other(name, data)
            # What is damaged is of a form that is taken, and is not another one of it.
            if made in ("recoded", "reencoded"):
                self.counts[made] += 1
                return
            libjpeg = whole(path, data)
            self.refused.append((reason if made is None else said, name, libjpeg or "libjpeg reads it without a warning"))
            self.counts["refused"] += 1
            self.hold(libjpeg is not None, f"{name}: refused, though whole: {reason}")
            return
        self.counts["taken"] += 1
        complaint = warned(data)
        self.counts["of which libjpeg warns"] += complaint is not None
        self.splice(name, data, 128, complaint)
        orientation = self.program.ask("exif", path)[1].split()[0]
        side = SHOWN_LOWEST[int(orientation) - 1] if orientation != "-" else "bottom"
        self.counts["of which with a strip that is not at the stored bottom"] += side != "bottom"
        self.strip(name, data, side, complaint)


def main(program, folder):
    folder = Path(folder)
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".jpe") and path.is_file())
    said = exiftool(folder)
    with tempfile.TemporaryDirectory() as scratch:
        judge = Cameras(Program(Path(program)), Path(scratch))
        for path in paths:
            name = str(path.relative_to(folder))
            judge.camera(name, path, said.get(path.resolve()) if said else None)
    for reason, name, why in sorted(judge.refused):
        print(f"refused: {name}: {reason} [{why}]")
    for what, count in judge.counts.items():
        print(f"{count:6} {what}")
    print(f"{judge.blocks:6} blocks compared" + ("" if said else "; exiftool is not there, EXIF was not compared"))
    print(f"{judge.passed} passed, {judge.failed} failed")
    return 1 if judge.failed or not paths else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
