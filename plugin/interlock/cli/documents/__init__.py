"""What every document that ``--json`` prints has: the contract that :mod:`interlock.cli.json` fulfils.

The modules declare types and are only imported to describe documents (``interlock schema``, the reference) or to check
them; the makers are held to them by mypy, and the scenarios validate what the command line really prints.
"""
