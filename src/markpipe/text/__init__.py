"""Row 2: folding text so that the same words look the same, without losing where each character stood."""
