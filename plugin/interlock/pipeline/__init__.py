"""The pipeline: the only package that calls the hooks, in the order in which the data flows."""

from interlock.pipeline.installing import Installed, environment_report, install_environment
from interlock.pipeline.locking import Locking, lock_environment

__all__ = ["Installed", "Locking", "environment_report", "install_environment", "lock_environment"]
