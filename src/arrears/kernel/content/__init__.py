"""What a text may say and has to say: facts found in it, held against rules that are data."""
