"""A snapshot as a file: PDF, Word, XLSX, CSV. Nothing here asks the database."""
