"""A simulated estate of any size with its logs and the truth about both: what `map` and `detect` are judged by.

`world.py`, `network.py`, `models.py`, `workloads.py`, `uses.py`, `talks.py` and `attacks.py` draw an estate from a
seed; `inventory/` writes it as scans; `trail.py`, `flows.py`, `names.py`, `invocations.py` and `audit.py` as logs,
which `delivery.py` delivers or does not; `truth.py` and `controls.py` as what must be found. The same options give the
same bytes.
"""
