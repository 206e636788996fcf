"""The lock in the formats of other tools."""
