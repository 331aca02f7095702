"""The sample estate: one file a theme, good and bad on purpose. `build.py` runs them in order."""
