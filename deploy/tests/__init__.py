"""Tests of what is deployed: each tool that is not there is said to be skipped."""
