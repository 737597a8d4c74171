"""Marking a photograph: the splice and the strip against turbojpeg, Pillow, ImageMagick and the `image` crate, in one interleaved run.

`photo.py PHOTO IMAGE_CRATE FOLDER`: the built examples `photo` and `image_crate` of daka-jpeg, and a folder with photographs; FOLDER/bench is
made beside them. Prints one figure a line. Each rival does what it has to: decode, darken a strip of 480 lines over the whole width by half,
draw the ink, encode with the same quality and sampling; files are read and written. Rounds are interleaved, and of each the median counts. Time is that of the processor, all of it on one thread,
because a machine that is shared gives no other that can be compared; ImageMagick's is that of all its threads.
Memory is the peak of a process of its own, less that of one which has loaded everything and read the file."""
import functools
import json
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

LINES = 480
QUALITY = 95


@functools.cache
def ink(width, height):
    """About what letters cover: white bars in four lines. It is drawn once, as it is for all."""
    import numpy as np

    out = np.zeros((height, width, 1), "uint8")
    out[(np.arange(height) % (height // 4)) > height // 20] = (np.arange(width) * 8 // (height // 4) % 8 == 0)[:, None] * 255
    return out


def rival(name):
    """A process that marks files: one line `IN OUT` gives one line with milliseconds and the peak in KiB."""
    import numpy as np
    import simplejpeg
    from PIL import Image

    def turbojpeg(data):
        image = simplejpeg.decode_jpeg(data, "RGB")
        region = image[-LINES:]
        np.right_shift(region, 1, out=region)
        np.maximum(region, ink(image.shape[1], LINES), out=region)
        return simplejpeg.encode_jpeg(image, QUALITY, colorsubsampling="420")

    def pillow(data):
        import io

        image = Image.open(io.BytesIO(data))
        box = (0, image.height - LINES, image.width, image.height)
        region = image.crop(box).point(lambda value: value // 2)
        region.paste((255, 255, 255), (0, 0), Image.fromarray(ink(image.width, LINES)[:, :, 0]))
        image.paste(region, box)
        out = io.BytesIO()
        image.save(out, "JPEG", quality=QUALITY, subsampling=2)
        return out.getvalue()

    work = {"turbojpeg": turbojpeg, "pillow": pillow}[name]
    for line in sys.stdin:
        source, target = line.rstrip("\n").split("\t")
        # What the libraries load at their first call is not this picture's.
        work(SMALL)
        before, begin = peak(), time.thread_time()
        data = Path(source).read_bytes()
        Path(target).write_bytes(work(data))
        took = time.thread_time() - begin
        print(f"{took * 1e3:.3f} {peak() - before - len(data) // 1024}", flush=True)


def peak():
    """The most memory that this process had, KiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1])


def small():
    import io
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (640, 640), (90, 120, 60)).save(out, "JPEG")
    return out.getvalue()


class Worker:
    """A process that answers a line with a line."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *words):
        self.process.stdin.write("\t".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if not answer or answer[0] == "error":
            raise SystemExit(f"a worker broke off: {' '.join(answer)}")
        return float(answer[-2]), float(answer[-1])

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def pictures(folder):
    """Three photographs at 12 megapixels, one of them at 50: name, path, width, height, and what was done to it."""
    import numpy as np
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    bench = folder / "bench"
    bench.mkdir(exist_ok=True)
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".jpg", ".jpeg"))
    if len(found) < 3:
        raise SystemExit(f"{folder} has fewer than three photographs")
    out = []
    for number, path in enumerate(found[:3]):
        image = Image.open(path).convert("RGB")
        sizes = [(4000, 3000)] + ([(8160, 6120)] if number == 0 else [])
        for width, height in sizes:
            if min(image.size[0] / width, image.size[1] / height) < 0.75 and width < 5000:
                # Scaled up it would be smooth and quick to code; side by side with its mirror images it stays what a camera wrote.
                pixels = np.asarray(image)
                while pixels.shape[0] < height or pixels.shape[1] < width:
                    pixels = np.concatenate([pixels, pixels[::-1]]) if pixels.shape[0] < height else np.concatenate([pixels, pixels[:, ::-1]], 1)
                cut = Image.fromarray(np.ascontiguousarray(pixels[:height, :width]))
                done = f"mirrored beside itself, {image.width} x {image.height}"
            else:
                side = min(image.width // 4, image.height // 3)
                left, top = (image.width - 4 * side) // 2, (image.height - 3 * side) // 2
                cut = image.crop((left, top, left + 4 * side, top + 3 * side)).resize((width, height), Image.LANCZOS)
                done = f"scaled {'up' if 4 * side < width else 'down'} from {4 * side} x {3 * side}"
            target = bench / f"{path.stem}_{width}.jpg"
            cut.save(target, quality=QUALITY, subsampling=2)
            megabytes = target.stat().st_size / 1e6
            print(f"{target.name}: {width} x {height}, {done}, {megabytes:.1f} MB", file=sys.stderr)
            out.append((target, width, height))
    return out


def commands(photo, crate, magick, source, width, height, out):
    """Name to: the worker's command, and the line that asks it."""
    here = [sys.executable, __file__, "--rival"]
    box = ("0", str(height - LINES), str(width), str(LINES), "128")
    plan = {
        "splice": ([photo, "--time"], ("splice", source, out, f"{out}.undo", *box)),
        "strip": ([photo, "--time"], ("strip", source, "bottom", out, LINES)),
        "strip_right": ([photo, "--time"], ("strip", source, "right", out, LINES)),
        "turbojpeg": ([*here, "turbojpeg"], (source, out)),
        "pillow": ([*here, "pillow"], (source, out)),
        "image": ([crate], (source, out)),
    }
    if magick:
        plan["imagemagick"] = None
    return plan


def imagemagick(program, source, width, height, out):
    top = height - LINES
    def spent():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    begin = spent()
    subprocess.run(
        [program, source, "-fill", "#00000080", "-draw", f"rectangle 0,{top} {width},{height}", "-fill", "white",
         "-draw", f"rectangle 100,{top + 60} 1500,{top + 120}", "-quality", str(QUALITY), "-sampling-factor", "2x2", out],
        check=True, capture_output=True)
    return (spent() - begin) * 1e3


def figure(name, value, unit, peer, peer_value, least, what):
    ratio = peer_value / value
    print(json.dumps({"figure": name, "value": round(value, 3), "unit": unit, "peer": peer, "peer_value": round(peer_value, 3),
                      "ratio": round(ratio, 3), "asked": f"{what} by {least} at least" if least else None,
                      "holds": ratio >= least if least else None}), flush=True)


def main(photo, crate, folder):
    magick = shutil.which("convert", path="/usr/bin:/opt/homebrew/bin") or None
    results = {}
    for source, width, height in pictures(Path(folder)):
        size = "50" if width > 5000 else "12"
        out = str(source.with_suffix(".out.jpg"))
        plan = commands(photo, crate, magick, str(source), width, height, out)
        workers = {name: Worker(*made[0]) for name, made in plan.items() if made}
        times = {name: [] for name in plan}
        for round_ in range(8 if size == "50" else 12):
            for name, made in plan.items():
                took = workers[name].ask(*made[1])[0] if made else imagemagick(magick, str(source), width, height, out)
                # The first round warms caches up.
                if round_:
                    times[name].append(took)
        for worker in workers.values():
            worker.end()
        added = {}
        for name in ("splice", "strip", "turbojpeg", "pillow"):
            worker = Worker(*plan[name][0])
            added[name] = worker.ask(*plan[name][1])[1]
            worker.end()
        worker = Worker(photo, "--time")
        base = worker.ask("read", str(source), width, LINES)[1]
        worker.end()
        for name in ("splice", "strip"):
            added[name] -= base
        median = {name: statistics.median(took) for name, took in times.items()}
        best = {name: min(took) for name, took in times.items()}
        for name in median:
            print(f"{source.stem} {name}: median {median[name]:.1f} ms, best {best[name]:.1f} ms"
                  + (f", adds {added[name] / 1024:.1f} MiB" if name in added else ""), file=sys.stderr)
        results.setdefault(size, []).append((median, added))
    mean = lambda size, pick: statistics.geometric_mean([pick(*result) for result in results[size]])
    for size, peers in [("12", [("turbojpeg", 2.2), ("pillow", 2.4), ("image", None)]), ("50", [("turbojpeg", 3.2)])]:
        if size in results and magick:
            peers.append(("imagemagick", None))
        for peer, least in peers if size in results else []:
            name = f"photo_splice_{size}mp_{peer}"
            figure(name, mean(size, lambda m, _: m["splice"]), "ms", peer, mean(size, lambda m, _: m[peer]), least, "faster")
    figure("photo_strip_12mp_turbojpeg", mean("12", lambda m, _: m["strip"]), "ms", "turbojpeg", mean("12", lambda m, _: m["turbojpeg"]), 6, "faster")
    figure("photo_strip_right_12mp_turbojpeg", mean("12", lambda m, _: m["strip_right"]), "ms", "turbojpeg",
           mean("12", lambda m, _: m["turbojpeg"]), None, "faster")
    for size in results:
        for name in ("splice", "strip"):
            figure(f"photo_{name}_{size}mp_memory", mean(size, lambda _, a: a[name] / 1024), "MiB", "turbojpeg",
                   mean(size, lambda _, a: a["turbojpeg"] / 1024), 6, "less")


if __name__ == "__main__":
    if sys.argv[1] == "--rival":
        SMALL = small()
        rival(sys.argv[2])
    else:
        main(*sys.argv[1:])
