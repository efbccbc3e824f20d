#!/usr/bin/env python3
"""Writes print.otf, the face that PDF and PNG are drawn with, out of Noto Sans CJK SC.

Source: NotoSansCJK-Regular.ttc of the Debian package fonts-noto-cjk (SIL Open Font License
1.1). Kept are ASCII, Latin-1 and Latin Extended-A, Greek and Cyrillic capitals and small
letters, punctuation, arrows, box and geometric shapes, all of GB 2312 (6,763 hanzi), and
every other character that stands in this repository's words and data. Dropped are hinting
and layout features, so that a text is as wide as its glyphs together, and the reserved name.

    apt-get install fonts-noto-cjk && pip install fonttools
    python3 src/exchange/print/font/make_print_font.py [NotoSansCJK-Regular.ttc]
"""

import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTCollection

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[3]
SOURCE = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
FACE = "Noto Sans CJK SC"
FAMILY = "Frontbeat Print"
RANGES = [
    (0x20, 0x7E), (0xA0, 0x17F), (0x391, 0x3C9), (0x401, 0x401), (0x410, 0x451),
    (0x2010, 0x2027), (0x2030, 0x203B), (0x20AC, 0x20AC), (0x2103, 0x2103), (0x2116, 0x2116),
    (0x2160, 0x2169), (0x2190, 0x2199), (0x2200, 0x2265), (0x2460, 0x2473), (0x2500, 0x257F),
    (0x25A0, 0x25FF), (0x2605, 0x2606), (0x2713, 0x2713), (0x3000, 0x301F), (0xFF01, 0xFF5E),
    (0xFFE5, 0xFFE5), (0xB0, 0xB7),
]
# As wide as Latin text has them: the face's own take a whole hanzi's room.
NARROW = [0xB7, 0x2018, 0x2019, 0x2022]
NARROW_IN = "Noto Sans CJK JP"
WORDS = ["src/**/*.rs", "web/app/**/*.js", "web/*.html", "docs/*.md", "geodata/*.geojson"]


def gb2312():
    """All hanzi and signs of GB 2312."""
    for row in range(0xA1, 0xF8):
        for column in range(0xA1, 0xFF):
            try:
                yield bytes([row, column]).decode("gb2312")
            except UnicodeDecodeError:
                pass


def wanted():
    characters = {chr(c) for first, last in RANGES for c in range(first, last + 1)}
    characters.update(gb2312())
    for pattern in WORDS:
        for file in ROOT.glob(pattern):
            text = file.read_text(encoding="utf-8")
            characters.update(c for c in text if 0x2E80 <= ord(c) <= 0xFFEF or ord(c) < 0x2E80)
    return {ord(c) for c in characters if c >= " "}


def main():
    source = sys.argv[1] if len(sys.argv) > 1 else SOURCE
    faces = TTCollection(source).fonts
    font, narrow = (
        next(f for f in faces if f["name"].getDebugName(1) == name) for name in (FACE, NARROW_IN)
    )
    # The faces of the collection share their glyphs.
    for table in font["cmap"].tables:
        if table.isUnicode() and hasattr(table, "cmap"):
            table.cmap.update({c: narrow.getBestCmap()[c] for c in NARROW if c in table.cmap})
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted())
    cutter.subset(font)
    # The licence reserves the name for the unchanged face.
    names = {1: FAMILY, 3: f"{FAMILY} 1", 4: FAMILY, 6: FAMILY.replace(" ", "")}
    for number, name in names.items():
        for record in font["name"].names:
            if record.nameID == number:
                record.string = name
    cff = font["CFF "].cff
    cff.fontNames = [names[6]]
    cff[0].FullName = FAMILY
    cff[0].FamilyName = FAMILY
    # The same source gives the same bytes.
    font.recalcTimestamp = False
    font.save(HERE / "print.otf")
    size = (HERE / "print.otf").stat().st_size
    print(f"{len(font.getBestCmap())} characters, {size} bytes")


if __name__ == "__main__":
    main()
