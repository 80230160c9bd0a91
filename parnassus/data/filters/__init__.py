"""Reasons to drop a problem, one a file.

A filter is a frozen dataclass that is called with a problem and returns None to keep it or the reason to drop
it, a short phrase that is counted. To add one: a new file here with the class, `FILTER` (an instance) and
`CASES`: (problem, what FILTER says of it), kept and dropped both. The tests find it by walking this package.
"""
