"""The libraries behind `detect.scoring`: jieba for word boundaries, spaCy for token rules and learned ranking."""
