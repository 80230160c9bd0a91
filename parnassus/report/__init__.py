"""report.html: one offline page that shows a run, read from its run directory and from nothing else.

    RunDir ──read──> View ──┬── tables ───────────> sentences, tables ──┐
       │                    ├── curves ── plots ──> SVG, its numbers ───┼── page ──> report.html
       └────────────────────┴── trajectories ─────> a sample, as JSON ──┘  (.html .css .js)

It does not judge or train, and it needs no finished run: what is missing is said to be missing.
"""
