"""The decisions: pure functions over `Facts`, with no database, files, clock or randomness."""
