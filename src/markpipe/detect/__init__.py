"""Row 3, pure: what in a text an officer should look at.  No path, date, chance, environment or log in here."""
