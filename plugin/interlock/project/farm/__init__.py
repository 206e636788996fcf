"""A farm: the wheels of one environment for every combination of a matrix of versions, built into the wheel store."""
