"""Every block of Python in docs/recipes.md runs as it stands, against a real service."""
import os
import re
import sys

document, service, folder = sys.argv[1:]
text = open(document, encoding="utf-8").read()
blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
assert len(blocks) >= 6, len(blocks)
os.chdir(folder)
for number, block in enumerate(blocks, 1):
    code = block.replace("http://127.0.0.1:8080", service)
    exec(compile(code, f"recipe {number}", "exec"), {"__name__": f"recipe_{number}"})
print("accepted")
