"""Manifests: finding and reading what a project declares, in pixi's, uv's, the standard's and Interlock's own words."""

from interlock.manifest.discovery import find_manifest
from interlock.manifest.loading import load
from interlock.manifest.model import Workspace

__all__ = ["Workspace", "find_manifest", "load"]
