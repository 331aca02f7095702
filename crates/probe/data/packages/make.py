"""Makes an index of package names: `python make.py NAMES.txt pypi.bin`, one name a line.

The index has the first four bytes of SHA-256 of each name, sorted. Change the date in `src/oracle/package.rs` with it.
"""

import hashlib
import re
import sys

with open(sys.argv[1], encoding="utf-8") as names:
    known = {re.sub(r"[-_.]+", "-", name.strip().lower()) for name in names if name.strip()}
with open(sys.argv[2], "wb") as index:
    for key in sorted({hashlib.sha256(name.encode()).digest()[:4] for name in known}):
        index.write(key)
