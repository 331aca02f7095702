"""What must be there before the demo and the tests: tools, the virtual environment, whether the estate still stands.

    python3 demo/ready.py [--venv]

says which tools are there or what is missing; with --venv it makes `.venv` with the pinned packages.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

RUST = (1, 95)

_COMPARE = """
import sys
from importlib.metadata import PackageNotFoundError, version
wanted = dict(line.split("==") for line in sys.argv[1:])
def have(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return None
sys.exit(any(have(name) != pin for name, pin in wanted.items()))
"""


class Missing(Exception):
    """Something that the demo needs is absent; the text says how to get it."""


def tools() -> Iterator[str]:
    """A line for each tool that is there; `Missing` with all that are not: one round of installing is enough."""
    yield f"python {sys.version.split()[0]}"
    missing = []
    for look in (_cargo, _git, _compiler, _venv):
        try:
            yield look()
        except Missing as error:
            missing.append(str(error))
    if missing:
        raise Missing("\n       ".join(missing))


def _cargo() -> str:
    cargo = _version("cargo", "install Rust from https://rustup.rs, then open a new shell")
    found = re.search(r"(\d+)\.(\d+)", cargo)
    if not found or (int(found[1]), int(found[2])) < RUST:
        raise Missing(f"Rust {RUST[0]}.{RUST[1]} or later is needed, this is `{cargo}`: run `rustup update stable`")
    return cargo


def _git() -> str:
    return _version(
        "git", "install it with your system's package manager, as in `apt install git` or `brew install git`"
    )


def _compiler() -> str:
    return _version("cc", "install a C compiler, as in `apt install build-essential` or `xcode-select --install`")


def _venv() -> str:
    # Debian has what a new environment takes pip from in a package of its own.
    made = Path(__file__).resolve().parent.parent / ".venv" / "bin" / "python"
    if importlib.util.find_spec("ensurepip") is None and not made.exists():
        raise Missing("Python cannot make virtual environments: on Debian and Ubuntu, `apt install python3-venv`")
    return "python's venv"


def _version(tool: str, remedy: str) -> str:
    if shutil.which(tool) is None:
        raise Missing(f"`{tool}` is not on the PATH: {remedy}")
    shown = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False)
    if shown.returncode:
        raise Missing(f"`{tool} --version` failed: {shown.stderr.strip()[:200]}")
    return shown.stdout.splitlines()[0]


def virtual_environment(folder: Path, requirements: Path, options: Iterable[str] = ()) -> tuple[Path, bool]:
    """The interpreter of a virtual environment that holds every pin, and whether anything had to be installed."""
    python = folder / "bin" / "python"
    if python.exists() and _holds(python, requirements):
        return python, False
    if not python.exists():
        made = subprocess.run([sys.executable, "-m", "venv", str(folder)], capture_output=True, text=True, check=False)
        if made.returncode:
            why = (made.stdout + made.stderr).strip()[-500:]
            remedy = "on Debian and Ubuntu, `apt install python3-venv`"
            raise Missing(f"cannot make a virtual environment in {folder}: {remedy}\n{why}")
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *options]
    command += ["-r", str(requirements)]
    if subprocess.run(command, check=False).returncode:
        raise Missing(f"pip could not install {requirements} from its package index; its message is above")
    return python, True


def _holds(python: Path, requirements: Path) -> bool:
    return subprocess.run([str(python), "-c", _COMPARE, *_pins(requirements, python)], check=False).returncode == 0


def _pins(requirements: Path, python: Path) -> list[str]:
    """The pins that apply: the only markers in the file are above and below Python 3.11."""
    old = subprocess.run(
        [str(python), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"], check=False
    ).returncode
    pins = []
    for line in requirements.read_text().splitlines():
        pin, _, marker = line.partition(";")
        if pin and not pin.startswith("#") and not (marker and ("<" in marker) != bool(old)):
            pins.append(pin.strip())
    return pins


# ---------------------------------------------------------------- does the estate still stand?


def stamp(demo: Path, emulators: Iterable[str]) -> str:
    """Changes when the demo's own sources change or other emulators run."""
    state = hashlib.sha256()
    for source in sorted(demo.rglob("*.py")):
        state.update(str(source.relative_to(demo)).encode() + b"\0" + source.read_bytes() + b"\0")
    for one in emulators:
        state.update(one.encode() + b"\0")
    return state.hexdigest()


def is_built(state: Path, wanted: str) -> bool:
    """Whether a whole estate with this stamp stands in the running emulators."""
    mark = state / "built"
    return mark.is_file() and mark.read_text().strip() == wanted


def mark_built(state: Path, reached: str) -> None:
    """Remember that the estate is whole, logs and all."""
    (state / "built").write_text(reached + "\n")


def _extras(root: Path) -> bool:
    """Whether the linters, schemas and engines of deploy/tests were installed. Where they cannot be, tests skip."""
    made = False
    # No engine is compiled here.
    for name, options in (("requirements.txt", []), ("spark.txt", ["--only-binary=pysail,grpcio,pandas,zstandard"])):
        try:
            made |= virtual_environment(root / ".venv", root / "deploy" / "tests" / name, ["--no-deps", *options])[1]
        except Missing as error:
            print(f"warning: without a part of deploy/tests: {error}", file=sys.stderr)
    return made


def main() -> int:
    """The command line: 0 when everything that was asked for is there."""
    if sys.version_info < (3, 10):
        found = sys.version.split()[0]
        print(f"error: Python 3.10 or later is needed, this is {found}: set PYTHON=… to a newer one", file=sys.stderr)
        return 1
    root = Path(__file__).resolve().parent.parent
    try:
        for line in tools():
            print(f"have {line}")
        if "--venv" in sys.argv[1:]:
            _, made = virtual_environment(root / ".venv", root / "demo" / "requirements.txt")
            # garak's readers alone: what its generators need is many times the rest.
            readers = root / "crates" / "report" / "tests" / "python" / "requirements.txt"
            _, added = virtual_environment(root / ".venv", readers, ["--no-deps"])
            # What asks the server: clients, a provider, a collector's messages.
            others = root / "crates" / "app" / "tests" / "python" / "requirements.txt"
            _, more = virtual_environment(root / ".venv", others, ["--no-deps"])
            # Another engine that reads the lake.
            engines = root / "crates" / "lake" / "tests" / "python" / "requirements.txt"
            _, engine = virtual_environment(root / ".venv", engines, ["--no-deps"])
            done = made or added or more or engine
            done |= _extras(root)
            print("installed the pinned packages in .venv" if done else "have all pinned packages in .venv")
    except Missing as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
