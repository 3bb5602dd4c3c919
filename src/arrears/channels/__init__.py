"""Channels hand over what the gate cleared, and say exactly what became of it. They decide nothing."""
