"""A file's rows as batches of text columns, whatever its form: CSV by blocks, Parquet by row batches."""
