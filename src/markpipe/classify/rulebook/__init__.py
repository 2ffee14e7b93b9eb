"""The rules by id, with their articles, as people read them.  Checks nothing; `classify.rules` and `derive` do."""
