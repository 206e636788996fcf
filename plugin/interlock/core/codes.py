"""Codes of findings that other parts of the program look for; all other codes are only in ``findings`` modules."""

NO_CONDA_SOLUTION = "IL210"
INDEX_UNREACHABLE = "IL303"
URL_OF_PROVIDED = "IL306"
NO_PYPI_SOLUTION = "IL310"
NO_JOINT_SOLUTION = "IL330"
GAVE_UP = "IL331"
SOURCE_UNREACHABLE = "IL401"
