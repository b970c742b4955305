"""Taxonomy, schema, corpus, reading and writing; imports no other room."""
