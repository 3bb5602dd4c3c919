"""Use cases, the only writers: one file per noun."""
