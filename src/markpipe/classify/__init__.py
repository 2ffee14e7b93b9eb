"""The law as pure functions: ends of terms, derivation, proposals, rules, determination.

No file, no clock, no randomness: the day a question is asked for is always a parameter.
"""
