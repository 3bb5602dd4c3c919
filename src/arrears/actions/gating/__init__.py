"""The parts of the gate: which contacts it takes, what it asks, what they say, what it writes."""
