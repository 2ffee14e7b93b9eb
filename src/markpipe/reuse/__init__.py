"""Row 3: which registered classified text a draft repeats.  Pure: keys and fingerprints come in as values."""
