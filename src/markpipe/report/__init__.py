"""Row 4: what became of the files, as JSON, as a printable page and as lines for a terminal.  Renders, decides nothing."""
