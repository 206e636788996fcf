"""Mangled symbols in readable form."""

from __future__ import annotations


def demangled(symbol: str) -> str:
    """A C++ symbol as in the source; anything else, or where there is no C++ library to ask, as it is."""
    # Imported here: it looks for the C++ library when it is imported, which takes a while.
    import cxxfilt

    try:
        return str(cxxfilt.demangle(symbol))
    except (cxxfilt.Error, OSError):
        return symbol
