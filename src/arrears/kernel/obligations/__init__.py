"""Obligations: what a lender must tell or answer, and by when. The mirror image of prohibitions."""
