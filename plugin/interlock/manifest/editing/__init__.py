"""Editing a manifest: text in, text out, with every byte that is not meant left as it is; writes no file.

Manifests are edited by replacing parts of their text. A library that parses and prints the whole document decides
itself where a new key or element goes, and puts it below the comment of the next table or element.
"""
