"""The HTTP service: what answers a request, and what guards it."""
