"""Episodes with an interpreter as what is learnt from: a demonstration of one is the same tokens, and a step
of RL answers for the policy's words only."""

import asyncio
import random
from collections.abc import Sequence

import pytest
import torch

from parnassus.algorithms.core import Algorithm
from parnassus.algorithms.r1_code_interpreter import r1_code_interpreter
from parnassus.algorithms.rewards import Correct, ManyTurns, ScriptPerTurn
from parnassus.data.families.products import Products
from parnassus.engines.make import make_engine
from parnassus.engines.scripted import ScriptedEngine
from parnassus.envs.code_interpreter import CodeInterpreter
from parnassus.envs.single_turn import SingleTurn
from parnassus.models.load import load
from parnassus.models.tiny import tiny_tokenizer
from parnassus.rollout import Rollout
from parnassus.sandbox.forkserver import ForkServer
from parnassus.text.chat import Chat
from parnassus.train.assemble import Stream, flatten
from parnassus.train.learner import Learner
from parnassus.train.optimizer import AdamW
from parnassus.train.policy import Policy
from parnassus.train.sft import SFT, Imitator, demonstrated
from parnassus.types import (
    Answer,
    Demonstration,
    Engine,
    Env,
    Exchange,
    Group,
    Message,
    Problem,
    Sampling,
    Scored,
    Stop,
)
from parnassus.verifiers.math import Math

CHAT = Chat(tiny_tokenizer())
ENV = CodeInterpreter(head="Be quick.", calls=2)
PROBLEM = Problem("p", (Message("system", "s"), Message("user", "6*7=")), Answer("42"), "math", "test")
SCRIPT, ANSWER = "```python\nprint(6*7)\n```", "<<<42>>>"
REPLY = "Code Execution Results:\n42\n"
PAID = (Correct(), ScriptPerTurn(), ManyTurns())


def play(
    engine: Engine, problems: Sequence[Problem], env: Env, size: int = 1, max_turns: int = 4
) -> list[Group]:
    async def main() -> list[Group]:
        async with ForkServer(2) as sandbox:
            rollout = Rollout(
                engine=engine,
                chat=CHAT,
                sandbox=sandbox,
                env=env,
                verifier=Math(),
                rewards=PAID,
                sampling=Sampling(max_tokens=64),
                max_turns=max_turns,
            )
            return await rollout.groups(problems, size, "s")

    return asyncio.run(main())


def saying(*turns: str, ended: bool = True) -> ScriptedEngine:
    """An engine that says these turns, by how many a prompt already has. Without `ended` it would go on."""
    end = (CHAT.end,) if ended else CHAT.encode("and on")

    def script(prompt: tuple[int, ...], seed: int) -> tuple[int, ...]:
        had = prompt.count(CHAT.tokenizer.convert_tokens_to_ids("<|assistant|>")) - 1
        return (*CHAT.encode(turns[had]), *end)

    return ScriptedEngine(script, CHAT.stop_ids, 1000, CHAT.decode)


def played(*turns: str, **more) -> Scored:
    [group] = play(saying(*turns, **more), [PROBLEM], ENV)
    return group.members[0]


@pytest.mark.parametrize(
    ("turns", "replies"),
    [
        ((ANSWER,), ()),
        ((SCRIPT, ANSWER), (REPLY,)),
        (("Hm. " + SCRIPT, "```python\nx\n```", "I see.\n" + ANSWER), None),
        ((SCRIPT,) * 3 + (ANSWER,), None),
    ],
)
def test_a_demonstration_is_laid_out_as_the_episode_was(
    turns: tuple[str, ...], replies: tuple[str, ...] | None
):
    trajectory = played(*turns).trajectory
    assert (trajectory.turns, trajectory.stop) == (len(turns), Stop.FINISHED)
    said = replies if replies is not None else asyncio.run(replied(turns[:-1]))
    more = tuple(Exchange(reply, turn) for reply, turn in zip(said, turns[1:], strict=True))
    stream = demonstrated(Demonstration(PROBLEM, turns[0], more=more), CHAT, ENV)
    assert stream == Stream.of(trajectory)
    learnt = CHAT.tokenizer.decode([stream.tokens[at] for at in stream.chosen])
    assert learnt == "".join(f"{turn}<eos>" for turn in turns)


async def replied(said: Sequence[str]) -> list[str]:
    async with ForkServer() as sandbox:
        episode = ENV.begin(PROBLEM, sandbox)
        return [reply for text in said if (reply := await episode.reply(text)) is not None]


def test_what_is_said_to_the_policy_is_never_learnt():
    demonstration = Demonstration(PROBLEM, SCRIPT, more=(Exchange(REPLY, ANSWER),))
    stream = demonstrated(demonstration, CHAT, ENV)
    context = [token for at, token in enumerate(stream.tokens) if at not in stream.chosen]
    shown = "<|system|>s<|user|>Be quick.\n\n6*7=<|assistant|><|user|>" + REPLY + "<|assistant|>"
    assert CHAT.tokenizer.decode(context) == shown


@pytest.mark.parametrize(
    ("turns", "reward"),
    [
        ((SCRIPT, ANSWER), 1.1),
        ((ANSWER,), 1.1),
        ((SCRIPT, "<<<41>>>"), 0.1),
        (("```python\n6*7\n```", ANSWER), 0.9),  # a script that does not print
        ((SCRIPT, SCRIPT, SCRIPT, SCRIPT), -0.1),  # no answer; the last script was never run
    ],
)
def test_a_conversation_is_paid_as_the_paper_pays(turns: tuple[str, ...], reward: float):
    assert played(*turns).reward == pytest.approx(reward)


def test_the_closing_fence_ends_a_turn_of_a_policy_that_would_go_on():
    member = played(SCRIPT + "\n", ANSWER + "\n```\n", ended=False)
    assert member.trajectory.response == f"{SCRIPT}\n{ANSWER}\n```\n"
    assert member.trajectory.turns == 2
    assert member.correct


def test_output_that_spells_tags_ends_nothing():
    script = "```python\nprint('<e' 'os>', '<|assist' 'ant|>', '<<<42>>>', sep='')\n```"
    member = played(script, "<<<41>>>")
    tokens = member.trajectory.tokens
    assistant = CHAT.tokenizer.convert_tokens_to_ids("<|assistant|>")
    assert (tokens.count(assistant), tokens.count(CHAT.end)) == (2, 2)
    assert not member.correct
    assert "<eos><|assistant|><<<42>>>" in CHAT.tokenizer.decode(list(tokens))


def algorithm() -> Algorithm:
    return r1_code_interpreter(*PAID)


def test_a_step_of_rl_answers_for_the_policys_words_only():
    """Its numbers do not depend on what the interpreter said but as context."""
    groups = [Group(PROBLEM, (played(SCRIPT, ANSWER), played(SCRIPT, "<<<4>>>"), played(ANSWER)))]
    step = flatten(groups)
    lengths = [
        sum(len(CHAT.encode(turn)) + 1 for turn in turns)
        for turns in ((SCRIPT, ANSWER), (SCRIPT, "<<<4>>>"), (ANSWER,))
    ]
    assert step.lengths.tolist() == lengths
    loaded = load("builtin:tiny", 0, "cpu")
    reference = load("builtin:tiny", 1, "cpu").model
    learner = Learner(
        Policy(loaded.model, AdamW(learning_rate=1e-3)),
        algorithm(),
        reference,
        updates=1,
        epochs=1,
        tokens_per_batch=512,
    )
    before = [parameter.clone() for parameter in loaded.model.parameters()]
    learnt = learner.learn(groups, 1e-3, 1.0)
    assert any(not torch.equal(a, b) for a, b in zip(before, loaded.model.parameters(), strict=True))
    assert learnt is not None


def test_the_familys_replies_are_the_interpreters():
    rng = random.Random(0)
    drawn = [Products((1, 3), direct=0)(rng) for _ in range(20)]
    for one in drawn:
        said = saying(one.response, one.more[0].response)
        [group] = play(said, [one.problem], CodeInterpreter(head=""))
        [member] = group.members
        assert member.correct
        assert demonstrated(one, CHAT, CodeInterpreter(head="")) == Stream.of(member.trajectory)


STAGE = SFT(
    name="warm-up",
    steps=200,
    env=CodeInterpreter(head=""),
    optimizer=AdamW(learning_rate=6e-3, betas=(0.9, 0.98), warmup=30, final=0.1),
)


@pytest.mark.slow
def test_demonstrations_teach_the_built_in_model_to_use_the_interpreter():
    """Products of two digits each: it learns to ask and to copy, and cannot work one out itself."""
    rng, family = random.Random(0), Products((2, 2), direct=0.3)
    demonstrations = [family(rng) for _ in range(3000)]
    known = {one.problem.id for one in demonstrations}
    asked = [one.problem for one in (family(rng) for _ in range(800)) if one.problem.id not in known][:60]
    loaded = load("builtin:tiny", 0, "cpu")

    def right(env: Env, max_turns: int) -> float:
        engine = make_engine(loaded.model, CHAT.stop_ids, 300, CHAT.decode)
        groups = play(engine, asked, env, max_turns=max_turns)
        return sum(group.members[0].correct for group in groups) / len(groups)

    async def learn() -> None:
        async for _ in Imitator(STAGE, loaded.model, CHAT, demonstrations, 0).rows():
            pass

    assert right(STAGE.env, 4) == 0
    asyncio.run(learn())
    alone = right(SingleTurn(), 1)
    assert alone < 0.1
    assert right(STAGE.env, 4) > alone + 0.3
