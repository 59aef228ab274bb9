"""A creditor's portfolio file: read, understood, checked, compared with what is here, applied.

`source` opens a file, `mapping` says which header is which field, `columns` checks whole columns
at a time, `reading` turns batches of rows into people and debts, `applying` writes them, and
`running` is the whole of it. Nothing here knows a page or a command.
"""
