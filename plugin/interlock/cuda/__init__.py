"""CUDA: what is declared, what conda provides, what PyPI packages were built for, and whether all of it agrees."""
