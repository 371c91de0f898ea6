"""A demo office that could be real, made by the office's own services only."""
