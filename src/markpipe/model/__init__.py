"""Row 1: the words of the field as values.  Nothing here reads a file, a clock or the environment."""
