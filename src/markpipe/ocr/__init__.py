"""Row 4: text recognition by Tesseract's command, offline.  Nothing here knows a document format."""
