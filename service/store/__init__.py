"""What the service keeps: API keys and corrections, in SQLite or PostgreSQL."""
