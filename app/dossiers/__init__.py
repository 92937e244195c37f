"""The case: who asked for what, with which papers, until when, and how it was decided."""
