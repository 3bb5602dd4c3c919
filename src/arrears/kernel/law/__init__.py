"""Who may be contacted, when, and by which rule."""
