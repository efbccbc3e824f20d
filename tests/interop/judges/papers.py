"""pypdf reads shift packs strictly, Pillow reads the map; both find what the plan says.

papers.py PLAN.json ZH.pdf EN.pdf UNIT.pdf MAP.png WIDTH"""
import json
import logging
import re
import sys
import warnings

from PIL import Image
from pypdf import PdfReader

warnings.simplefilter("error")


class Refusing(logging.Handler):
    """What pypdf only mutters about is a fault too."""

    def emit(self, record):
        raise AssertionError(record.getMessage())


logging.getLogger("pypdf").addHandler(Refusing(logging.WARNING))

with open(sys.argv[1], encoding="utf-8") as file:
    plan = json.load(file)


def squeezed(text):
    return re.sub(r"\s+", "", text)


def read(path):
    reader = PdfReader(path, strict=True)
    pages = [squeezed(page.extract_text()) for page in reader.pages]
    for page in reader.pages:
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        assert abs(width - 595.28) < 0.1 and abs(height - 841.89) < 0.1, (width, height)
    return reader, pages


def fonts(reader):
    """Descriptors of all fonts, each with the file that it embeds."""
    found = {}
    for page in reader.pages:
        waiting = [page.get("/Resources", {})]
        while waiting:
            resources = waiting.pop().get_object()
            for font in resources.get("/Font", {}).values():
                font = font.get_object()
                below = font.get("/DescendantFonts", [font])[0].get_object()
                found[str(font["/BaseFont"])] = below["/FontDescriptor"].get_object()
            for other in resources.get("/XObject", {}).values():
                if "/Resources" in other.get_object():
                    waiting.append(other.get_object()["/Resources"])
    return found


for path, words in [
    (sys.argv[2], ["班次资料包", "模拟数据", "本班次必巡点", "停靠点", "完成", "页，共"]),
    (sys.argv[3], ["Shiftpack", "SYNTHETIC", "Must-visitsofthisshift", "Stops", "Done", "page1of"]),
]:
    reader, pages = read(path)
    # The front, a sheet or more a unit, the must-visits.
    assert len(pages) >= len(plan["routes"]) + 2, len(pages)
    everything = "".join(pages)
    for word in words:
        assert word in everything, (path, word)
    for route in plan["routes"]:
        sheets = [page for page in pages if squeezed(route["call_sign"]) in page]
        assert len(sheets) >= 2, route["call_sign"]
        for stop in route["stops"]:
            # A long name may go on in the next line, but no character is lost.
            assert any(squeezed(stop["label"]) in page for page in sheets), stop["label"]
    embedded = fonts(reader)
    assert embedded, "no font"
    for name, descriptor in embedded.items():
        files = [key for key in ("/FontFile", "/FontFile2", "/FontFile3") if key in descriptor]
        assert files, f"{name} is not embedded"
        assert re.match(r"/[A-Z]{6}\+", name), f"{name} is not a subset"
    titles = [item.title for item in reader.outline]
    assert len(titles) == len(plan["routes"]) + 2, titles
    assert reader.metadata.title and "/CreationDate" not in reader.metadata

_, pages = read(sys.argv[4])
first, *others = [squeezed(route["call_sign"]) for route in plan["routes"]]
assert first in "".join(pages)
assert not any(other in "".join(pages) for other in others if other not in first)

with Image.open(sys.argv[5]) as image:
    image.load()
    assert image.format == "PNG" and image.width == int(sys.argv[6]), image.size
    assert image.height > image.width / 2
    colours = {}
    for count, (red, green, blue, *_) in image.convert("RGBA").getcolors(image.width * image.height):
        colours[(red, green, blue)] = colours.get((red, green, blue), 0) + count


def near(wanted):
    distance = lambda colour: max(abs(a - b) for a, b in zip(colour, wanted))
    return sum(count for colour, count in colours.items() if distance(colour) <= 6)


pixels = image.width * image.height
assert len(colours) > 100, len(colours)
assert near((255, 255, 255)) < 0.97 * pixels
# Each unit's round has its colour, and the posts theirs.
for wanted in [(0x0C, 0x24, 0x6D), (0x08, 0x91, 0xC9), (0x1C, 0x44, 0x80)]:
    assert near(wanted) > 50, wanted
# The surface is warm: the hottest class, drawn over white.
warm = sum(count for (r, g, b), count in colours.items() if r > g + 60 and r > b + 60)
assert warm > 0.0005 * pixels, warm
print("accepted")
