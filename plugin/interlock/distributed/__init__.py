"""Builds on the workers of a Dask cluster: the plugin ``dask``, which runs only where the manifest names it."""
