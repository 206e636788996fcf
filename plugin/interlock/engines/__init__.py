"""Boundaries to the engines that Interlock stands on: processes, uv, rattler."""
