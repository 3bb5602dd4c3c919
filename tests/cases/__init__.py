"""Cases written by others for other systems, asked of our arrears.

They are read where they lie, beside the repository, and never copied into it: `python -m
tests.cases` writes what came of each of them to `docs/cases.md`.
"""
