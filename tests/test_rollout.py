"""Tokens meet text here: what is in a trajectory, who is judged when, and where the random numbers come
from."""

import asyncio
from dataclasses import dataclass

import pytest

from parnassus.algorithms.admission import unjudged
from parnassus.algorithms.rewards import Correct, PassRate
from parnassus.envs.single_turn import SingleTurn
from parnassus.errors import ConfigError, DataError, SandboxError
from parnassus.evaluation.run import Evaluate
from parnassus.models.tiny import tiny_tokenizer
from parnassus.rollout import Rollout, check_prompts
from parnassus.text.chat import Chat
from parnassus.types import Answer, Breakage, Completion, Message, Outcome, Problem, Sampling, Stop, Verdict

CHAT = Chat(tiny_tokenizer())
PROBLEM = Problem("p", (Message("user", "calc: 1+1="),), Answer("2"), "math", "chain")


@dataclass
class Parrot:
    """An engine that answers each request with the next of its lines, and keeps what it was asked."""

    lines: list[str]
    stop: Stop = Stop.FINISHED

    def __post_init__(self):
        self.asked, self.seeds, self.samplings = [], [], []

    async def generate(self, prompt, sampling, seed):
        self.asked.append(tuple(prompt))
        self.seeds.append(seed)
        self.samplings.append(sampling)
        tokens = (*CHAT.encode(self.lines[len(self.asked) - 1]), CHAT.end)
        return Completion(tokens, tuple(-0.5 for _ in tokens), self.stop, 7)

    def load(self, weights, version): ...


async def is_two(problem, response, sandbox):
    right = response.endswith("2")
    return Verdict(Outcome.CORRECT if right else Outcome.WRONG, float(right))


@dataclass(frozen=True)
class Teacher(SingleTurn):
    """An environment that asks back once, and fails `failures` times before with `error`."""

    error: Exception | None = None
    failures: int = 0
    stop: tuple[str, ...] = ()
    turns: int = 2

    def begin(self, problem, sandbox):
        return Asking(self.error, self.failures)


@dataclass
class Asking:
    error: Exception | None
    failures: int

    async def reply(self, text):
        if self.failures:
            self.failures -= 1
            raise self.error
        return "sure? <eos>" if text == "1" else None


HARD = (Correct(),)
ALONE = SingleTurn()


def play(engine, env=ALONE, size=1, max_turns=1, rewards=HARD, seed="s", verifier=is_two):
    rollout = Rollout(
        engine=engine,
        chat=CHAT,
        sandbox=None,
        env=env,
        verifier=verifier,
        rewards=rewards,
        sampling=Sampling(max_tokens=8),
        max_turns=max_turns,
    )
    return asyncio.run(rollout.groups([PROBLEM], size, seed))


def test_a_single_turn_is_prompt_then_what_was_sampled():
    (group,) = play(Parrot(["2", "3"]), size=2)
    first, second = group.members
    asked = CHAT.prompt(PROBLEM.prompt)
    t = first.trajectory
    assert t.tokens == (*asked, *CHAT.encode("2"), CHAT.end)
    assert t.mask == (False,) * len(asked) + (True, True)
    assert t.logprobs == (0.0,) * len(asked) + (-0.5, -0.5)
    assert (t.response, t.turns, t.stop, t.policy_version) == ("2", 1, Stop.FINISHED, 7)
    assert (first.reward, second.reward) == (1.0, 0.0)


def test_words_of_the_environment_are_in_the_stream_but_not_the_policys():
    engine = Parrot(["1", "2"])
    (group,) = play(engine, env=Teacher(), max_turns=3)
    t = group.members[0].trajectory
    asked = CHAT.prompt(PROBLEM.prompt)
    words = (*CHAT.encode("<|user|>sure? "), *map(CHAT.tokenizer.convert_tokens_to_ids, "<eos>"))
    words = (*words, *CHAT.encode("<|assistant|>"))  # the tag is spelled out: it ends nothing
    assert t.tokens == (*asked, *CHAT.encode("1"), CHAT.end, *words, *CHAT.encode("2"), CHAT.end)
    assert t.mask == (False,) * len(asked) + (True,) * 2 + (False,) * len(words) + (True,) * 2
    assert engine.asked[1] == t.tokens[: len(asked) + 2 + len(words)]  # append-only: nothing re-tokenised
    assert (t.response, t.turns) == ("1\n2", 2)


def test_an_answer_cut_off_by_length_gets_no_reply():
    engine = Parrot(["1", "2"], stop=Stop.LENGTH)
    (group,) = play(engine, env=Teacher(), max_turns=3)
    assert group.members[0].trajectory.turns == 1


def test_reward_is_the_sum_of_its_recorded_parts():
    (group,) = play(Parrot(["2"]), rewards=(Correct(0.5), PassRate()))
    assert group.members[0].parts == {"correct": 0.5, "pass_rate": 1.0}
    assert group.members[0].reward == 1.5


def test_every_episode_has_random_numbers_of_its_own():
    one, again, other = Parrot(["2"] * 4), Parrot(["2"] * 4), Parrot(["2"] * 4)
    play(one, size=4), play(again, size=4), play(other, size=4, seed="t")
    assert one.seeds == again.seeds
    assert len(set(one.seeds + other.seeds)) == 8


@dataclass(frozen=True)
class Bounds:
    prompt_limit: int
    sampling: Sampling
    name: str = "rl"
    env: SingleTurn = ALONE


def test_a_prompt_over_the_limit_is_named_before_anything_runs():
    length, answer = len(CHAT.prompt(PROBLEM.prompt)), Sampling(max_tokens=8)
    check_prompts([PROBLEM], Bounds(length, answer), CHAT, length + 8)
    with pytest.raises(DataError, match=rf"'rl'.*prompt of p has {length} tokens.*limit is {length - 1}"):
        check_prompts([PROBLEM], Bounds(length - 1, answer), CHAT, length + 8)
    with pytest.raises(DataError, match=rf"context of {length + 7}"):
        check_prompts([PROBLEM], Bounds(length, answer), CHAT, length + 7)


BROKEN = Verdict(Outcome.BROKEN, 0.0, "died", Breakage.SANDBOX)


def test_what_could_not_be_judged_keeps_its_verdict_and_gets_no_parts():
    async def breaks(problem, response, sandbox):
        return BROKEN if response == "3" else await is_two(problem, response, sandbox)

    (group,) = play(Parrot(["2", "3", "4"]), size=3, verifier=breaks)
    assert [m.verdict.outcome for m in group.members] == [Outcome.CORRECT, Outcome.BROKEN, Outcome.WRONG]
    broken = group.members[1]
    assert (broken.parts, broken.verdict.detail, broken.trajectory.response) == (
        {},
        "died (asked 3 times)",
        "3",
    )


def test_a_judge_that_fails_is_asked_again_at_once():
    asked = []

    async def recovers(problem, response, sandbox):
        asked.append(response)
        return BROKEN if asked.count(response) < 3 else await is_two(problem, response, sandbox)

    (group,) = play(Parrot(["2", "3"]), size=2, verifier=recovers)
    assert [m.reward for m in group.members] == [1.0, 0.0]
    assert sorted(asked) == ["2"] * 3 + ["3"] * 3


class Slow(Parrot):
    """Generates its first answer at once; all others only when `judged` is set, which judging does."""

    async def generate(self, prompt, sampling, seed):
        if self.asked:
            await asyncio.wait_for(self.judged.wait(), 10)
        return await super().generate(prompt, sampling, seed)


def test_one_is_judged_while_others_are_generated():
    engine = Slow(["2", "2", "2"])

    async def judges(problem, response, sandbox):
        engine.judged.set()
        return await is_two(problem, response, sandbox)

    engine.judged = asyncio.Event()
    (group,) = play(engine, size=3, verifier=judges)
    assert [m.reward for m in group.members] == [1.0] * 3


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_nothing_depends_on_who_is_judged_first(order):
    """Verdicts come in `order`, one of them after two failures; members stay where they were sampled."""
    finished: list[str] = []
    failures = {"3": 2}

    async def ordered(problem, response, sandbox):
        place = "234".index(response)
        while len(finished) < order.index(place):
            await asyncio.sleep(0)
        if failures.get(response):
            failures[response] -= 1
            return BROKEN
        finished.append(response)
        return await is_two(problem, response, sandbox)

    (group,) = play(Parrot(["2", "3", "4"]), size=3, verifier=ordered)
    assert finished == ["234"[place] for place in order]
    assert [m.trajectory.response for m in group.members] == ["2", "3", "4"]
    assert [m.reward for m in group.members] == [1.0, 0.0, 0.0]


class Cramped(Parrot):
    """Has room for one turn only."""

    async def generate(self, prompt, sampling, seed):
        if self.asked:
            raise DataError("no room")
        return await super().generate(prompt, sampling, seed)


def test_an_episode_that_outgrows_the_context_ends_there():
    (group,) = play(Cramped(["1"]), env=Teacher(), max_turns=3)
    t = group.members[0].trajectory
    assert (t.stop, t.response, t.policy_version) == (Stop.LENGTH, "1", 7)


def test_what_ends_a_turn_is_the_environments_to_say():
    engine = Parrot(["1", "2"])
    play(engine, env=Teacher(stop=("!",)), max_turns=2)
    assert [sampling.stop for sampling in engine.samplings] == [("!",)] * 2


def test_a_turn_that_a_text_ended_is_ended_for_it():
    """It has no stop token: one stands before the reply, and is not the policy's."""

    class Cut(Parrot):
        async def generate(self, prompt, sampling, seed):
            said = await super().generate(prompt, sampling, seed)
            return Completion(said.tokens[:-1], said.logprobs[:-1], Stop.FINISHED, 7)

    (group,) = play(Cut(["1", "2"]), env=Teacher(), max_turns=2)
    t = group.members[0].trajectory
    chosen = [index for index, ours in enumerate(t.mask) if ours]
    assert [t.tokens[index] for index in chosen] == [*CHAT.encode("1"), *CHAT.encode("2")]
    assert t.tokens[chosen[0] + 1] == CHAT.end


@pytest.mark.parametrize(
    ("error", "failures", "asked", "breakage"),
    [
        (SandboxError("gone"), 2, 2, None),
        (SandboxError("gone"), 3, 1, Breakage.SANDBOX),
        (KeyError("a bug"), 1, 1, Breakage.JUDGE),
    ],
)
def test_an_environment_that_fails_is_not_the_policys_failure(error, failures, asked, breakage):
    engine = Parrot(["1", "2"])
    (group,) = play(engine, env=Teacher(error, failures), max_turns=2)
    (member,) = group.members
    assert len(engine.asked) == asked
    assert member.verdict.breakage is breakage
    assert (member.trajectory.stop is Stop.ERROR) == (breakage is not None)
    assert member.parts == ({"correct": 1.0} if breakage is None else {})
    assert unjudged(member) == (None if breakage is None else breakage.value)


def test_settings_of_an_environment_are_errors_that_end_the_run():
    with pytest.raises(ConfigError, match="no such"):
        play(Parrot(["1"]), env=Teacher(ConfigError("no such"), 1), max_turns=2)


def test_an_environment_that_would_never_be_heard_is_refused():
    with pytest.raises(ConfigError, match=r"Teacher answers the policy.*Set max_turns=2"):
        Evaluate(name="x", sampling=Sampling(max_tokens=8), env=Teacher())
    Evaluate(name="x", sampling=Sampling(max_tokens=8), env=Teacher(), max_turns=2)
