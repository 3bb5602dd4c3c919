"""Calls that people make: taking the next one, dialling it, and recording what came of it."""
