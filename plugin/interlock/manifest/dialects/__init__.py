"""The dialects in which manifests are written; each module translates one of them into the same model."""
