"""manifest.json: what the stored files are and what they were made from; and the check of both.

Needs nothing but Python itself, so that a check needs no oracle:

    python manifest.py            checks activations/, parity/, analysis/, gradients/ and optimizers/
"""

import hashlib
import json
import struct
import sys
from pathlib import Path

REFERENCE_DATA = Path(__file__).resolve().parent.parent
FOLDERS = ("activations", "parity", "analysis", "gradients", "optimizers")
MODEL_FILES = ("config.json", "model.safetensors", "tokenizer.json")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def tensors_of(path: Path) -> dict[str, dict]:
    """Name -> dtype and shape, from the header: its length (u64, little-endian), then JSON."""
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    return {name: {"dtype": about["dtype"], "shape": about["shape"]}
            for name, about in sorted(header.items()) if name != "__metadata__"}


def describe(path: Path) -> dict:
    found = {"sha256": sha256(path), "bytes": path.stat().st_size}
    if path.suffix == ".safetensors":
        found["tensors"] = tensors_of(path)
    return found


def build(folder: Path, about: dict, models: list[str], noise: dict[str, dict[str, float]]) -> dict:
    """The manifest of every file in `folder`. `noise` is by file and tensor; see common.py."""
    files = {}
    for path in sorted(folder.iterdir()):
        if path.name in ("manifest.json", "README.md"):
            continue
        files[path.name] = describe(path)
        for tensor, value in noise.get(path.name, {}).items():
            files[path.name]["tensors"][tensor]["float32_noise"] = value
    made_from = {f"{model}/{file}": sha256(REFERENCE_DATA / "models" / model / file)
                 for model in models for file in MODEL_FILES}
    return {**about, "models": made_from, "files": files}


def problems(folder: Path) -> list[str]:
    """Everything in which the folder and the models differ from the folder's manifest."""
    manifest = json.loads((folder / "manifest.json").read_text())
    found = []
    for name, digest in manifest["models"].items():
        if sha256(REFERENCE_DATA / "models" / name) != digest:
            found.append(f"models/{name} is not the one that {folder.name}/ was made from")
    present = {p.name for p in folder.iterdir()} - {"manifest.json", "README.md"}
    for name in sorted(present - set(manifest["files"])):
        found.append(f"{folder.name}/{name} is not in the manifest")
    for name, stored in manifest["files"].items():
        if name not in present:
            found.append(f"{folder.name}/{name} is missing")
            continue
        actual = describe(folder / name)
        if actual["sha256"] != stored["sha256"]:
            found.append(f"{folder.name}/{name}: the content has changed")
        wanted = {tensor: {k: about[k] for k in ("dtype", "shape")}
                  for tensor, about in stored.get("tensors", {}).items()}
        if actual.get("tensors", {}) != wanted:
            found.append(f"{folder.name}/{name}: names, types or shapes have changed")
    return found


def check() -> int:
    """0 if the stored files are what their manifests say."""
    found = []
    for folder in FOLDERS:
        if (REFERENCE_DATA / folder / "manifest.json").exists():
            found += problems(REFERENCE_DATA / folder)
        else:
            found.append(f"{folder}/manifest.json is missing")
    print("\n".join(found) if found else f"{', '.join(FOLDERS)}: as their manifests say")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(check())
