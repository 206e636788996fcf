"""A build backend (PEP 517) of one file that behaves as ``kit_backend.json`` beside it says.

``on_metadata`` and ``on_build`` are Python text; they run with ``config`` (this backend's settings, which they may
change) before metadata or a wheel is made.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from base64 import urlsafe_b64encode
from importlib import import_module
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


def get_requires_for_build_wheel(config_settings: dict[str, Any] | None = None) -> list[str]:
    return list(_config()["get_requires"])


def build_wheel(
    wheel_directory: str, config_settings: dict[str, Any] | None = None, metadata_directory: str | None = None
) -> str:
    kit = import_module("kit_built")
    config = _prepared(config_settings)
    exec(config["on_build"], {"config": config, "wheel_directory": wheel_directory})
    seen = kit.observe(config["imports"]) | {"config_settings": config_settings or {}}
    package = _escaped(config["name"])
    files = dict(config["modules"]) | {f"{package}/built.json": kit.recorded(seen)}
    info = f"{_escaped(config['wheel_name'] or config['name'])}-{config['wheel_version'] or config['version']}"
    files |= {f"{info}.dist-info/{name}": text for name, text in _info_files(config).items()}
    name = f"{info}-{config['tag']}.whl"
    _write_wheel(Path(wheel_directory, name), files, f"{info}.dist-info/RECORD")
    return name


def build_editable(
    wheel_directory: str, config_settings: dict[str, Any] | None = None, metadata_directory: str | None = None
) -> str:
    config = _prepared(config_settings)
    info = f"{_escaped(config['name'])}-{config['version']}"
    files = {f"{_escaped(config['name'])}.pth": f"{_HERE / 'src'}\n"}
    files |= {f"{info}.dist-info/{name}": text for name, text in _info_files(config).items()}
    _write_wheel(Path(wheel_directory, f"{info}-py3-none-any.whl"), files, f"{info}.dist-info/RECORD")
    return f"{info}-py3-none-any.whl"


def _prepare_metadata(metadata_directory: str, config_settings: dict[str, Any] | None = None) -> str:
    config = _prepared(config_settings)
    folder = (
        f"{_escaped(config['wheel_name'] or config['name'])}-{config['wheel_version'] or config['version']}.dist-info"
    )
    for name, text in _info_files(config).items():
        path = Path(metadata_directory, folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def _config() -> dict[str, Any]:
    config: dict[str, Any] = json.loads((_HERE / "kit_backend.json").read_text(encoding="utf-8"))
    return config


def _prepared(config_settings: dict[str, Any] | None) -> dict[str, Any]:
    config = _config()
    for name in config["metadata_imports"]:
        import_module(name)
    exec(config["on_metadata"], {"config": config, "config_settings": config_settings or {}})
    return config


def _info_files(config: dict[str, Any]) -> dict[str, str]:
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {config['wheel_name'] or config['name']}",
        f"Version: {config['wheel_version'] or config['version']}",
    ]
    if config["requires_python"]:
        lines.append(f"Requires-Python: {config['requires_python']}")
    lines += [f"Provides-Extra: {extra}" for extra in config["extras"]]
    lines += [f"Requires-Dist: {requirement}" for requirement in config["requires"]]
    wheel = ["Wheel-Version: 1.0", "Generator: kit", "Root-Is-Purelib: true", f"Tag: {config['tag']}"]
    return {"METADATA": "\n".join(lines) + "\n", "WHEEL": "\n".join(wheel) + "\n"}


def _write_wheel(path: Path, files: dict[str, str], record: str) -> None:
    lines = []
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            digest = urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            lines.append(f"{name},sha256={digest},{len(text.encode())}")
            archive.writestr(name, text)
        archive.writestr(record, "\n".join([*lines, f"{record},,"]) + "\n")


def _escaped(name: str) -> str:
    return name.replace("-", "_")


if _config()["prepares_metadata"]:
    prepare_metadata_for_build_wheel = _prepare_metadata
