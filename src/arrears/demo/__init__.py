"""Thirty days of a lender, lived in a simulation: invented events on real or invented customers."""
