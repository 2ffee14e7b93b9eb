"""Printing: numbered copies on paper, through CUPS, each at most once."""
