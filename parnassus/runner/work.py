"""What a stage of each kind does, as rows of metrics. Knows nothing of the stages around it."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import takewhile
from random import Random

from parnassus.algorithms.admission import breakages, check_judged, judged
from parnassus.algorithms.rewards import Correct, ModelScore, TrainedScore
from parnassus.algorithms.rewards.pay import mapped
from parnassus.curation.pipeline import asks
from parnassus.curation.stage import Counts, Curate, Pool, curate_stage
from parnassus.data.pipeline import Dropped
from parnassus.engines.make import make_engine
from parnassus.enrich.cache import Cached
from parnassus.enrich.engine import EngineAnswerer
from parnassus.enrich.made import Means
from parnassus.evaluation.best_of_n import BestOfN, Score, best_of, scored_by
from parnassus.evaluation.run import Evaluate, summarize
from parnassus.models.decoder import is_lean
from parnassus.models.scorer import all_scores, read_scorer, scorer_from, write_scorer
from parnassus.models.yarn import with_yarn
from parnassus.preflight.stages import sampled
from parnassus.recipes.recipe import POLICY, Recipe
from parnassus.rollout import Rollout, check_prompts, too_long
from parnassus.rundir.directory import RunDir
from parnassus.runner.told import Told
from parnassus.runner.weights import Weights
from parnassus.train.clock import Clock
from parnassus.train.reward_model import Ranker, RewardModel
from parnassus.train.rl import RL, Trainer
from parnassus.train.sft import SFT, Imitator
from parnassus.types import Draw, Group, RewardTerm, Row, Trajectory

_TOO_LONG = "prompt too long"


@dataclass(frozen=True)
class Work:
    """The means of all stages of a run."""

    recipe: Recipe
    run: RunDir
    weights: Weights
    means: Means  # the sandbox, and the models that steps of curation ask besides the policy

    def trainer(self, stage: SFT | RL) -> Imitator | Trainer:
        """Whoever trains in this stage, with nothing done yet."""
        policy, seed = self.weights.policy(), self.recipe.seed
        if isinstance(stage, SFT):
            return Imitator(stage, policy.model, policy.chat, self.run.demonstrations(), seed)
        trainer = Trainer(
            stage,
            policy.model,
            self.weights.reference(stage),
            self._rollout(stage),
            self.run.problems("train"),
            self.run,
            seed,
        )
        if (moments := self.weights.moments(stage)) is not None:
            trainer.take_over(moments)
        return trainer

    async def curate(self, stage: Curate, note: Callable[[str], None]) -> Row:
        clock, out = Clock(), self.run.curation(stage.name)
        before = Pool() if stage.sources else self._pool()
        with clock("curate"):
            with self._means(stage) as means:
                observer, cores = Told(stage.name, note), os.cpu_count() or 1
                curated = await curate_stage(stage, self.recipe.seed, before, out, means, cores, observer)
            unfit = self._check_what_fits(stage, curated.pool)
            self.run.write_problems("train", [p for p in curated.pool.train if p.id not in unfit])
            self.run.write_problems("held_out", curated.pool.held_out)
            self.run.write_demonstrations(curated.pool.demonstrations)
            self.run.write_dropped([*curated.dropped, *unfit.values()])
        if unfit:
            first = next(iter(unfit.values())).reason
            note(f"{stage.name}: {len(unfit)} training problems are left out: {first}")
        counts = _without(curated.counts, unfit.values())
        row = {"step": 1, "counts": counts, "demonstrations": len(curated.pool.demonstrations)}
        return row | ({"taught": curated.taught} if stage.taught else {}) | clock.rows()

    def _pool(self) -> Pool:
        """What the stages before left."""
        demonstrations = self.run.demonstrations()
        return Pool(
            train=self.run.problems("train"),
            held_out=self.run.problems("held_out"),
            demonstrations=demonstrations,
        )

    @contextmanager
    def _means(self, stage: Curate) -> Iterator[Means]:
        """What the stage's steps work with. The policy is called `POLICY`, where no other model is."""
        if not asks(stage.steps) or POLICY in self.means.models:
            yield self.means
            return
        policy = self.weights.policy()
        engine = make_engine(policy.model, policy.chat.stop_ids, policy.context, policy.chat.decode)
        answerer = EngineAnswerer(engine, policy.chat, f"{self.recipe.model} as {stage.name} found it")
        with Cached(answerer, self.run.curation(stage.name) / "asked") as policy_answers:
            yield replace(self.means, models={POLICY: policy_answers, **self.means.models})

    async def evaluate(self, stage: Evaluate) -> Row:
        clock = Clock()
        problems, rollout = self.run.problems("held_out"), self._rollout(stage)
        with clock("rollout"):  # the same random numbers at every evaluation: differences are the policy's
            groups = await rollout.groups(problems, stage.samples, f"{self.recipe.seed}/evaluate")
        if stage.best_of is not None:
            with clock("score"):
                groups = scored_by(groups, self._scores(stage.best_of))
        with clock("record"):
            self.run.write_rollouts(stage.name, 0, groups)
            check_judged(groups, stage.broken_limit, stage.name)
            results = summarize(groups)
            self.run.write_evaluation(stage.name, results)
            if stage.best_of is not None:
                self.run.write_best_of(stage.name, best_of(groups, stage.best_of.counts))
        average = {r.domain: r.estimate.mean for r in results if r.source is None}
        return {"step": 1, "average": average, "breakages": dict(breakages(groups))} | clock.rows()

    async def ranker(self, stage: RewardModel) -> Ranker:
        """Whoever trains a reward model, on the policy's responses to problems in shuffled order."""
        clock, pool, seed = Clock(), self.run.problems("train"), f"{self.recipe.seed}/{stage.name}"
        chosen = Random(seed).sample(pool, min(stage.prompts, len(pool)))
        with clock("rollout"):
            groups = await self._rollout(stage).groups(chosen, stage.samples, seed)
        with clock("record"):
            self.run.write_rollouts(stage.name, 0, groups)
            check_judged(groups, stage.broken_limit, stage.name)
        known = [Group(group.problem, judged(group)) for group in groups]
        return Ranker(stage, scorer_from(self.weights.policy().model), known, self.recipe.seed, clock)

    def keep_scorer(self, stage: RewardModel, ranker: Ranker) -> None:
        """Write the checkpoint of a trained reward model."""
        with self.run.new_checkpoint(stage.name) as directory:
            write_scorer(ranker.model, *ranker.spread(), directory, ranker.measured())
            self.weights.policy().chat.tokenizer.save_pretrained(directory)

    def slow_engine(self) -> str | None:
        """What kind of model this is, if sampling from it is slow."""
        config = self.weights.policy().model.config
        return None if is_lean(config) else config.model_type

    def _scores(self, by: BestOfN) -> Score:
        """What that reward model makes of streams of tokens."""
        model, *_ = read_scorer(self.run.checkpoint(by.reward_model), self.weights.policy().model.device)
        return lambda streams: all_scores(model, streams, by.tokens_per_batch).tolist()

    def _paid(self, term: RewardTerm) -> RewardTerm:
        """The term, with the model that it names in its place."""
        if not isinstance(term, TrainedScore):
            return term
        place = self.weights.policy().model.device
        model, mean, std = read_scorer(self.run.checkpoint(term.stage), place)

        def score(trajectory: Trajectory) -> float:
            return float(all_scores(model, [trajectory.tokens], 1)[0])

        return replace(term, model=ModelScore(score, mean, std, term.clip))

    def _rollout(self, stage: RL | RewardModel | Evaluate) -> Rollout:
        policy = self.weights.policy()
        if isinstance(stage, Evaluate) and stage.yarn is not None:
            policy = replace(policy, model=with_yarn(policy.model, stage.yarn))
        longest = stage.longest_answer if isinstance(stage, RL) else stage.sampling.max_tokens
        terms = stage.algorithm.rewards if isinstance(stage, RL) else (Correct(),)
        room = stage.prompt_limit + stage.max_turns * longest
        return Rollout(
            engine=make_engine(
                policy.model, policy.chat.stop_ids, min(room, policy.context), policy.chat.decode
            ),
            chat=policy.chat,
            sandbox=self.means.sandbox,
            env=stage.env,
            verifier=stage.verifier,
            rewards=tuple(mapped(term, self._paid) for term in terms),
            sampling=stage.sampling,
            max_turns=stage.max_turns,
        )

    def _check_what_fits(self, curated: Curate, pool: Pool) -> dict[str, Dropped]:
        """What a later stage would stumble over, found as soon as there is data: by their ids the training
        problems whose prompts are too long for one. Raises ConfigError, and DataError for a problem held out
        and where no other is left to train on."""
        policy, unfit = self.weights.policy(), dict[str, Dropped]()
        after = self.recipe.stages[self.recipe.stages.index(curated) + 1 :]
        until = tuple(takewhile(lambda stage: not isinstance(stage, Curate), after))
        for stage in sampled(replace(self.recipe, stages=until)):
            if isinstance(stage, Evaluate):
                check_prompts(pool.held_out, stage, policy.chat, stage.context(policy.context))
                continue
            if isinstance(stage, RL):  # names sources that the data does not have
                stage.curriculum(pool.train, (), Draw(stage.name, 0, stage.prompts, ""))
            for problem in pool.train:
                if why := too_long(problem, stage, policy.chat, policy.context):
                    unfit.setdefault(problem.id, Dropped(problem, f"{_TOO_LONG}: {why}"))
            if unfit and len(unfit) == len(pool.train):
                check_prompts(pool.train, stage, policy.chat, policy.context)
        return unfit


def _without(counts: Counts, unfit: Iterable[Dropped]) -> Counts:
    """The counts of a stage that curates, with these no longer among those that train."""
    counts = {source: Counter(of) for source, of in counts.items()}
    for drop in unfit:
        counts[drop.problem.source].update({"train": -1, _TOO_LONG: 1})
    return {source: dict(of) for source, of in counts.items()}
