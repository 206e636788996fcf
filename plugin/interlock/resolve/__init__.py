"""PyPI packages on top of the conda solution: uv's resolver with conda-provided distributions pinned."""
