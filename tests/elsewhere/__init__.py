"""Worlds that the engine was not made in: a second, independent judge beside `tests.worlds`.

Written against the engine's documented interface alone: nothing here knows how the engine
decides, and people answer by logistic chances over other ranges than there. `parameters` has the
numbers, `creditor`, `people`, `reach` and `latents` draw a world from them, `world` says how
likely everything is, `contacts`, `visits` and `money` let a day happen, `referee` counts what is
outside the rules, `baselines`, `oracle` and `informed` are what the engine is compared with,
`harness` runs one policy in one world and `judge` all of them.
"""
