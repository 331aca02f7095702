"""Tests of the demo: `python -m unittest discover -s demo/tests -t demo`. They need no emulator."""
