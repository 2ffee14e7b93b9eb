"""Row 4: the papers that go with a decision, as DOCX built by code.  Nothing here decides or reads a file."""
