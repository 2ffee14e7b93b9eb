"""Row 3: the register as a pure fold over events.  Nothing here knows SQL, files, keys or the time of day."""
