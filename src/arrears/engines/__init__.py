"""Facts in files: what a night's work is read from, and what it is written to."""
