"""Arrears: who is late, who may be contacted, when and by which law, and why."""

__version__ = "0.1.0"
