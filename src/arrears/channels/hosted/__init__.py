"""E-mail through a provider that is reached over HTTP, by django-anymail.

`channel` is imported by whoever sends through it: with what it needs it takes longer than all else.
"""
