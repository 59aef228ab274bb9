"""Simulated creditors and their customers: what judges the decision engine from outside.

`parameters` draws a world from published ranges, `people` the persons in it, `portfolio` and
`creditor` what a creditor knows and allows, `state`, `contacts`, `visits` and `cash` let a day
happen, `referee` refuses what no policy may do, `baselines` and `oracle` are what the engine is
compared with, `harness` runs one policy in one world. Nothing here knows how the engine decides.
"""
