"""What is to be taken out of a document, decided before any file is touched: pure values, no formats, no files."""
