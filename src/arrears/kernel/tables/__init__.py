"""Law that binds something else than the time of a contact: how long, how much, by when.

An entry is a value of `entries.Entry`; `kinds.KINDS` has one pure function per kind of entry. Days and
whole numbers come in as arguments; what a question does not tell is answered as not known, never guessed.
"""
