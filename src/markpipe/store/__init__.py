"""Row 4: the register in SQL: events, the tables folded from them, migrations.  Decides nothing about secrecy."""
