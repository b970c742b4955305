"""The relational store and its migrations."""
