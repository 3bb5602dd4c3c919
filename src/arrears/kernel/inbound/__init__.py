"""What a person writes back, understood: which wishes it states, and how sure that is."""
