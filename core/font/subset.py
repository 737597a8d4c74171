"""Makes the marks' font: `subset.py COLLECTION CHARACTERS OUT` takes the Hong Kong face out of Noto Sans CJK and leaves the characters that
marks need, outlines and widths alone. The same input gives the same bytes."""
import sys
import unicodedata
from pathlib import Path

import cffsubr
from fontTools import subset
from fontTools.ttLib import TTCollection

FACE = "NotoSansCJKhk-Regular"
# What a line of a mark has beside Han characters. Every character of the first ranges is there; the others are taken as far as the face goes.
LATIN = [(0x20, 0x7E), (0xA0, 0xFF)]
OTHERS = [
    (0x0100, 0x017F),  # Latin Extended-A: names and places of Europe, pinyin
    (0x01CD, 0x01DC), (0x0218, 0x021B), (0x1E00, 0x1EFF),  # pinyin, Romanian, Vietnamese
    (0x02C6, 0x02DD), (0x2010, 0x2027), (0x2030, 0x205E),  # general punctuation without what is not drawn
    (0x2070, 0x208E), (0x20A0, 0x20BF), (0x2100, 0x214F), (0x2190, 0x2199),  # superscripts, currencies, № ℃ ™, arrows
    (0x2212, 0x2212), (0x2248, 0x2248), (0x2260, 0x2265), (0x2713, 0x2717), (0x25A0, 0x25CF),
    (0x2460, 0x2473), (0x3000, 0x3017), (0x3041, 0x30FF),  # ①, CJK punctuation, kana
    (0xFE30, 0xFE4F), (0xFF01, 0xFF5E), (0xFFE0, 0xFFE5),  # full-width forms
]


def double_bytes(codec, leads, trails, last):
    """Characters of a double-byte encoding from its first lead byte to `last`."""
    for lead in leads:
        for trail in trails:
            if (lead, trail) <= last:
                try:
                    yield bytes([lead, trail]).decode(codec)
                except UnicodeDecodeError:
                    pass


def big5_level_1():
    """The 5,401 frequently used characters, A440 to C67E."""
    return set(double_bytes("big5", range(0xA4, 0xC7), [*range(0x40, 0x7F), *range(0xA1, 0xFF)], (0xC6, 0x7E)))


def gb2312_level_1():
    """The 3,755 frequently used characters, rows 16 to 55."""
    return set(double_bytes("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF), (0xD7, 0xFE)))


def listed(path):
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return set("".join(line.partition(": ")[2] for line in lines))


def main(collection, characters, out):
    face = next(f for f in TTCollection(collection, lazy=True).fonts if f["name"].getDebugName(6) == FACE)
    drawn = set(face.getBestCmap())
    big5, gb2312, more = big5_level_1(), gb2312_level_1(), listed(Path(characters))
    assert (len(big5), len(gb2312)) == (5401, 3755)
    wanted = {ord(c) for c in big5 | gb2312 | more} | {c for a, b in LATIN for c in range(a, b + 1)}
    lacking = sorted(c for c in wanted - drawn)
    optional = {c for a, b in OTHERS for c in range(a, b + 1) if unicodedata.category(chr(c)) not in ("Cc", "Cf", "Cn", "Zl", "Zp")}
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.notdef_outline = True
    options.glyph_names = False
    options.recalc_timestamp = False
    options.drop_tables += ["BASE", "DSIG", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx", "STAT"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=(wanted | optional) & drawn)
    subsetter.subset(face)
    # A changed font goes by a name of its own (OFL 1.1, clause 3, for those that it reserves).
    for number, name in [(1, "Daka Mark"), (3, "Daka Mark 1, from Noto Sans CJK HK 2.004"), (4, "Daka Mark"), (6, "DakaMark-Regular")]:
        face["name"].setName(name, number, 3, 1, 0x409)
    face["CFF "].cff.fontNames = ["DakaMark-Regular"]
    # One table of characters is enough, and what subroutines were shared by 65,535 glyphs is shared anew by these.
    face["cmap"].tables = [table for table in face["cmap"].tables if (table.platformID, table.platEncID) == (3, 10)]
    face.recalcTimestamp = False
    cffsubr.subroutinize(face, keep_glyph_names=False)
    face.save(out)
    print(f"{len(face.getBestCmap())} characters, {Path(out).stat().st_size} bytes; the face lacks {' '.join(f'U+{c:04X}' for c in lacking) or 'none'}")


if __name__ == "__main__":
    main(*sys.argv[1:])
