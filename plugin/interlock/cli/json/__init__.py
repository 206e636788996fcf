"""Every document that ``--json`` prints, made of results by pure functions; the keys are a contract."""
