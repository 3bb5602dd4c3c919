"""The feeds, one file each: what it is, and how its rows are merged into the tables."""
