"""The boundary to py-rattler: the only package that imports it, and the place that knows its habits."""
