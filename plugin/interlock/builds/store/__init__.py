"""The wheel store: what was built once is not built again; the user's own store and shared ones."""
