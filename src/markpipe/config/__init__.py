"""What a site sets: `markpipe.toml`, dictionaries, stamps, and where the built-in ones are."""
