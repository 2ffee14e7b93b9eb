"""Schema changes of the register.  Events are not migrated: they are read with upcasters (`ledger.events`)."""
