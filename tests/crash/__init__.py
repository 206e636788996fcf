"""Commands that are killed at any moment, and several at once: what must hold afterwards; see docs/security.md."""
