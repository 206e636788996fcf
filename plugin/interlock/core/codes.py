"""Codes of findings that other parts of the program look for; all other codes stand where their finding is made."""

NO_CONDA_SOLUTION = "IL210"
INDEX_UNREACHABLE = "IL303"
SOURCE_UNREACHABLE = "IL401"
