"""The limit: decompresses every gzip file under a folder, whole, on one core, and does nothing else. Usage: limit.py FOLDER LIBRARY"""

import gzip
import sys
from collections.abc import Callable
from pathlib import Path


def decompressor(library: str) -> Callable[[bytes], bytes]:
    if library == "libdeflate":
        import deflate

        return deflate.gzip_decompress
    if library == "isal":
        from isal import igzip

        return igzip.decompress
    return gzip.decompress


decompress = decompressor(sys.argv[2])
print(sum(len(decompress(path.read_bytes())) for path in sorted(Path(sys.argv[1]).rglob("*.gz"))))
