"""The demo: a cohort in week 4, one open for enrollment, one finished, and the cast. Loaded once, by the real verbs."""
