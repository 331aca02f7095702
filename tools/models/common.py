"""What the generating scripts share: the pinned botocore, where files lie, and writing or checking a file."""

import sys
from pathlib import Path

import botocore
from botocore.loaders import Loader

BOTOCORE = "1.43.106"
ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "crates" / "aws" / "models"


def loader() -> Loader:
    """botocore's own loader: it merges the `sdk-extras` files. Refuses another version than the pinned one."""
    if botocore.__version__ != BOTOCORE:
        sys.exit(f"botocore {BOTOCORE} is pinned, {botocore.__version__} is installed: see tools/models/generate.sh")
    return Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)


class Output:
    """Files to write, or with `check` only to compare with what is there."""

    def __init__(self, check: bool) -> None:
        self.check = check
        self.stale: list[str] = []

    def write(self, path: Path, text: str) -> None:
        if path.exists() and path.read_text() == text:
            return
        self.stale.append(str(path.relative_to(ROOT)))
        if not self.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def remove(self, path: Path) -> None:
        self.stale.append(f"{path.relative_to(ROOT)} (to be removed)")
        if not self.check:
            path.unlink()

    def finish(self, what: str) -> None:
        verb = "differs" if self.check else "written"
        for path in self.stale:
            print(f"{verb}: {path}")
        print(f"{what}: {len(self.stale)} file(s) {verb}")
        sys.exit(1 if self.check and self.stale else 0)
