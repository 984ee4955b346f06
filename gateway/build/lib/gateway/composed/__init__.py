"""Answers put together from several services. A part whose service is away is left out and named, never waited for."""
