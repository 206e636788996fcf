"""Planning builds: which mode, what the build environment holds, what must be built first."""
