"""Rows that a workspace keeps beside its records (tags, custom fields, views, favourites): small, each with version and history."""
