"""Small rows that a workspace keeps beside its records: tags, custom fields, views, favourites."""
