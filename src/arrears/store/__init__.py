"""Every table, the rows as Facts, and the locks: the only place that speaks SQL."""
