"""A run on disk: the only contract between stages, and all that a report may read.

    <run>/
      manifest.json                  the recipe as settings, versions, device, git state, command
      finished.json                  stage -> Finished: what is never done again
      metrics.jsonl                  a row a step, flushed as it is written
      visits.jsonl                   a line a problem drawn: what became of it; curricula read them
      data/{train,held_out}.jsonl.zst, demonstrations.jsonl.zst, dropped.jsonl.zst
      rollouts/<stage>/000012.jsonl.zst  every trajectory of a step: tokens, mask, log-probabilities, verdict
      evaluations/<stage>.json       numbers with intervals; its samples lie in rollouts/<stage>/
      best_of/<stage>.json           what a reward model's choice among those samples was worth
      checkpoints/<stage>/           a Hugging Face directory: safetensors, config, tokenizer
      snapshots/<stage>/             the same of a stage that is not done, with the trainer's state
      good/<stage>/<step>/           older ones, while a stage with guards goes on, and after one fired
      report.html

Whole files appear by rename: a reader never sees half of one. metrics.jsonl grows by lines: a torn last line
(the machine died) is dropped when the run is opened again. This package knows nothing of recipes: settings
are data.
"""
