"""A lender's file, read through a mapping: what every row says, or why it cannot be used.

    reading      the file's records, chunk by chunk, whatever is wrong with it
    mapping      which column is which fact, written in TOML and itself checked
    transforms   from cells to the text of a field: the closed list a mapping may use
    target       the fields an import knows, one definition
    values       from text to values: what each kind of field accepts
    validating   a chunk's rows, accepted or rejected with every reason
    surveying    what only the whole file shows: repeated loans, people who contradict themselves
    known        what is on file about some rows
    checking     all of these over a whole file
    rejects      the file of every bad field
    people       who the borrowers are and how they are reached, into tables
    loans        the loans and what is reported of them, into tables

The use case that puts them together is `actions.imports`.
"""
