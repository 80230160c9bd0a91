"""Procedural problem families, one a file: problems without end, each with a demonstration that may be wrong.

A family is a frozen dataclass that is called with a random generator and returns one `Demonstration`; to a
prompt of its form, given as text, it responds anew. Its fields and that generator decide what. To add one: a
new file here with the class, its spec in the docstring, and an `EXAMPLE` instance; the tests find it by
walking this package. Its prompts and responses should be short in tokens of the built-in model, or that model
cannot learn them in minutes.

    family        prompt                                          what is to be learned
    chain         calc: 6+4*7-4-5=                                left to right, every step modulo 10
    sort          sort: 3732=                                     selection sort
    lin           solve: 3x+1=10:                                 two inverse operations
    guards        code: if y is odd give the sum; else ...        guard clauses, first match wins
    guards_chain  code: c=8-7-9; if x is under c give ...         a chain worked out inside a program
    products      347*582=                                        to let a script do what the head cannot
"""
