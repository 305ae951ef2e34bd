"""browse.py PAGE FOLDER: has Chromium show PAGE, take pictures of it into FOLDER, light and dark, and do in it what a person would; prints what it
shows then."""
import html
import os
import re
import subprocess
import sys
import zlib

page, folder = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
text = open(page).read()


def browse(*options, does=""):
    file = os.path.abspath(f"{folder}/page.html")
    open(file, "w").write(text.replace("</html>", f"<script>{does}</script></html>"))
    return subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={os.path.abspath(folder)}/profile",
                           "--window-size=900,700", *options, f"file://{file}"], capture_output=True, text=True, check=True).stdout


def corner(picture):
    """The colour of a PNG's first pixel: its first line has no filter that needs another."""
    data = open(picture, "rb").read()
    assert data[:4] == b"\x89PNG" and len(data) > 4000
    packed, at = b"", 8
    while at < len(data):
        length = int.from_bytes(data[at:at + 4], "big")
        packed += data[at + 8:at + 8 + length] if data[at + 4:at + 8] == b"IDAT" else b""
        at += 12 + length
    return zlib.decompress(packed)[1:4]


def cells(shown):
    return [html.unescape(c) for c in re.findall(r'<td class="">(.*?)</td>', shown)]


first = browse("--dump-dom")
print("tiles:", first.count('class="tile"'))
print("first:", cells(first)[0])
print("into:", cells(browse("--dump-dom", does="document.querySelector('.tile').click()"))[0])
print("sorted:", cells(browse("--dump-dom", does="document.querySelector('th').click()"))[0])
browse(f"--screenshot={os.path.abspath(folder)}/light.png")
browse("--blink-settings=preferredColorScheme=0", f"--screenshot={os.path.abspath(folder)}/dark.png")
print("colours:", len({corner(f"{folder}/{name}.png") for name in ("light", "dark")}))
