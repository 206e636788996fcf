"""The embedded conda channel: python and the CUDA toolkit as conda packages, made on this machine.

Used by `interlock channel build`, the demo and the tests; see docs/channel.md.
"""

from __future__ import annotations

from interlock.channel.build import ChannelReport, build_channel

__all__ = ["ChannelReport", "build_channel"]
