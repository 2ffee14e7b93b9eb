"""Row 5: the stages in order, over many files, with processes and the one writer."""
