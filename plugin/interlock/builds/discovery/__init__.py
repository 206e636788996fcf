"""Discovery: a build that fails for lack of something is planned again with what provides it."""
