"""A lender's file, read through a mapping: what every row says, or why it cannot be used.

    reading      the file's records, chunk by chunk, whatever is wrong with it
    mapping      which column is which fact, written in TOML and itself checked
    transforms   from cells to the text of a field: the closed list a mapping may use
    target       the fields an import knows, one definition
    values       from text to values: what each kind of field accepts
    validating   a chunk's rows, accepted or rejected with every reason
    surveying    what only the whole file shows: repeated loans, people who contradict themselves
    storing      accepted rows into tables

Nothing before `storing` touches the database.
"""
