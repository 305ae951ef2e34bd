"""Each of the files must be a ```text block of the README, but for addresses."""
import re
import sys

readme, *outputs = sys.argv[1:]
plain = lambda text: re.sub(r"code 0x.*|of process \d+", "", text)
blocks = [plain(block) for block in re.findall(r"^```text\n(.*?)^```$", open(readme).read(), re.MULTILINE | re.DOTALL)]
missing = [name for name in outputs if plain(open(name).read()) not in blocks]
for name in missing:
    print(f"{readme} does not show this:\n{open(name).read()}")
sys.exit(bool(missing))
