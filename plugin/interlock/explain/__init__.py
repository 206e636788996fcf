"""Why a request has no solution, and what would give it one; pure functions over an oracle that solves."""
