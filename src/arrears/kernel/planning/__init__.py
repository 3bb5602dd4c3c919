"""Which step is due, what is chosen, and what will happen next."""
