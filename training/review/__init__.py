"""Which articles a person should read next, and how what they decide becomes a corpus."""
