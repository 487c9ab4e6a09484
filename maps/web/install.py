"""Put the browser files that our pages use into ``maps/static/vendor``.

Run by ``make``; needs Node.js with npm only when the files are missing or no longer fit the lock.
Nothing inside a file is changed. ``manifest.json`` beside them names package, version, licence and
SHA-256 of each file.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parent
VENDOR = WEB.parent / "static" / "vendor"

# package -> the files that pages use; a new page that needs more names them here.
FILES = {
    "leaflet": [
        "LICENSE",
        "dist/leaflet.js",
        "dist/leaflet.css",
        "dist/images/layers.png",
        "dist/images/layers-2x.png",
        "dist/images/marker-icon.png",  # named in leaflet.css
    ],
    "protomaps-leaflet": ["LICENSE", "dist/protomaps-leaflet.js"],
}


def main() -> int:
    """Bring the vendor folder up to date; give the exit code."""
    npm = shutil.which("npm")
    if _is_current():
        if npm is None:
            print("browser files are up to date (no npm here: script checks will be skipped)")
            return 0
        if _is_installed():
            print("browser files are up to date")
            return 0
    if npm is None or shutil.which("node") is None:
        print(
            "The pages need browser files from npm packages, and node or npm is not here.\n"
            "Install Node.js 18 or newer with npm (Debian: apt-get install nodejs npm),"
            " then run make again.",
            file=sys.stderr,
        )
        return 1
    done = subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=WEB, check=False)
    if done.returncode != 0:
        print("npm ci failed; its message stands above", file=sys.stderr)
        return 1
    _copy()
    print(f"browser files: {', '.join(FILES)} in {VENDOR.relative_to(WEB.parent.parent)}")
    return 0


def _locked() -> dict[str, str]:
    """Give the version of each package in the lock."""
    lock = json.loads((WEB / "package-lock.json").read_text(encoding="utf-8"))
    return {name: lock["packages"][f"node_modules/{name}"]["version"] for name in FILES}


def _is_installed() -> bool:
    """Tell whether node_modules holds what the lock names, the checkers of scripts too."""
    try:
        wanted = json.loads((WEB / "package-lock.json").read_text(encoding="utf-8"))["packages"]
        there = json.loads((WEB / "node_modules" / ".package-lock.json").read_text("utf-8"))
        versions = {name: about["version"] for name, about in there["packages"].items()}
        return versions == {name: about["version"] for name, about in wanted.items() if name}
    except (OSError, ValueError, KeyError):
        return False


def _is_current() -> bool:
    try:
        manifest = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))
        versions = {entry["name"]: entry["version"] for entry in manifest["packages"]}
        listed = {
            f"{entry['name']}/{name}": digest
            for entry in manifest["packages"]
            for name, digest in entry["sha256"].items()
        }
        wanted = {f"{package}/{name}" for package, names in FILES.items() for name in names}
        return (
            versions == _locked()
            and set(listed) == wanted
            and all(_sha256(VENDOR / name) == digest for name, digest in listed.items())
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _copy() -> None:
    """Copy the files into a fresh folder, then put it in the place of the old one."""
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    packages = []
    for package, names in FILES.items():
        source = WEB / "node_modules" / package
        about = json.loads((source / "package.json").read_text(encoding="utf-8"))
        for name in names:
            target = fresh / package / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, target)
        packages.append(
            {
                "name": package,
                "version": about["version"],
                "licence": about["license"],
                "sha256": {name: _sha256(fresh / package / name) for name in names},
            }
        )
    text = json.dumps({"packages": packages}, indent=2, ensure_ascii=False)
    (fresh / "manifest.json").write_text(text + "\n", encoding="utf-8")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
