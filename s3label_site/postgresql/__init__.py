"""The PostgreSQL of Django's settings, as ENGINE names it."""
