"""Teachers and measured models that use an interpreter: a conversation a sample, each turn asked and kept as
a question of its own."""

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from model_server import ModelServer
from scripted import Scripted, job, made, problem, wait

from parnassus.engines.scripted import ScriptedEngine
from parnassus.enrich.answerer import Reply
from parnassus.enrich.asking import Agent
from parnassus.enrich.cache import Cached
from parnassus.enrich.distill import Distill, Keep
from parnassus.enrich.engine import EngineAnswerer
from parnassus.enrich.made import Means
from parnassus.enrich.pass_rate import PassRate
from parnassus.enrich.server import ServerAnswerer
from parnassus.envs.code_interpreter import CodeInterpreter, Style
from parnassus.errors import AnsweringError, SandboxError
from parnassus.models.tiny import tiny_tokenizer
from parnassus.sandbox.forkserver import ForkServer
from parnassus.text.chat import Chat
from parnassus.types import Exchange, Message, Outcome, Sampling, Stop

SAMPLING = Sampling(100)
ENV = CodeInterpreter(head="", calls=2)
TEACHER = (Agent("teacher", "teacher", env=ENV),)
SCRIPT, RIGHT, WRONG = "```python\nprint(1+1)\n```", "So <<<2>>>", "So <<<3>>>"
REPLY = "Code Execution Results:\n2\n"


def answering(*texts: str | Reply) -> Scripted:
    """By how many turns there were."""
    model = Scripted(lambda text, seed: None)
    model._script = lambda text, seed: texts[len(model.asked[-1][0]) // 2]
    return model


def test_a_response_of_two_turns_is_taught_as_one():
    model = answering(SCRIPT, RIGHT)
    distill = Distill(1, SAMPLING, Keep.CORRECT, TEACHER)
    result = made(distill, problem(), teacher=model)
    [sample] = result.samples
    assert (sample.text, sample.more) == (SCRIPT, (Exchange(REPLY, RIGHT),))
    assert (sample.verdict.outcome, sample.stop) == (Outcome.CORRECT, Stop.FINISHED)
    assert sample.said == f"{SCRIPT}\n{RIGHT}"
    assert sample.tokens == 3 + 2  # words, as the scripted model counts
    [taught] = distill.taught(result.problem, result.samples)
    assert (taught.response, taught.more, taught.correct) == (SCRIPT, sample.more, True)
    (first, sampling, seed), (second, _, later) = model.asked
    assert first == (Message("user", "1+1=?"),)
    assert second == (*first, Message("assistant", SCRIPT), Message("user", REPLY))
    assert sampling.stop == ("\n```\n",)
    assert seed != later


def test_turns_after_a_cut_one_are_not_asked_for():
    model = answering(Reply("```python\nprint(1)", Stop.LENGTH))
    result = made(Distill(1, SAMPLING, Keep.ALL, TEACHER), problem(), teacher=model)
    assert len(model.asked) == 1
    assert result.samples[0].text == "```python\nprint(1)", "nobody closes what was cut"
    assert result.dropped.startswith("no response to imitate")


def test_a_model_that_only_asks_is_bounded():
    model = answering(*[SCRIPT] * 9)
    [sample] = made(Distill(1, SAMPLING, Keep.ALL, TEACHER), problem(), teacher=model).samples
    assert len(model.asked) == ENV.turns == 4
    assert [turn.reply.split(":")[0] for turn in sample.more][-1].startswith("The script was not run")
    assert sample.verdict.outcome is Outcome.UNPARSED


def test_a_server_leaves_the_closing_fence_out_and_the_student_learns_it():
    """A real one, over HTTP: it cuts at the stop text, as servers do."""

    def cutting(asked: dict) -> str:
        text = RIGHT if len(asked["messages"]) > 1 else f"{SCRIPT}\nand so on"
        return min((text.split(stop)[0] for stop in asked["stop"]), key=len)

    async def main(url: str):
        async with ForkServer() as sandbox, ServerAnswerer(url, "m") as teacher:
            return await Distill(1, SAMPLING, agents=TEACHER)(problem(), Means({"teacher": teacher}, sandbox))

    with ModelServer(cutting) as server:
        result = wait(main(server.url))
    [sample] = result.samples
    assert (sample.text, sample.more) == (SCRIPT, (Exchange(REPLY, RIGHT),))
    assert [asked["stop"] for asked in server.asked] == [["\n```\n"]] * 2
    assert server.asked[1]["messages"][1] == {"role": "assistant", "content": SCRIPT}
    known = {"model", "messages", "max_tokens", "temperature", "top_p", "seed", "stop"}
    assert all(asked.keys() == known for asked in server.asked)


def test_without_stop_texts_nothing_new_is_sent():
    async def main(url: str) -> None:
        async with ServerAnswerer(url, "m") as model:
            await model((Message("user", "?"),), SAMPLING, 1)

    with ModelServer(lambda asked: "!") as server:
        wait(main(server.url))
    assert "stop" not in server.asked[0]


def test_an_engine_of_ours_is_a_teacher_too():
    chat = Chat(tiny_tokenizer())
    assistant = chat.tokenizer.convert_tokens_to_ids("<|assistant|>")
    texts = [f"{SCRIPT}\nnever said", RIGHT]
    engine = ScriptedEngine(
        lambda prompt, seed: (*chat.encode(texts[prompt.count(assistant) - 1]), chat.end),
        chat.stop_ids,
        500,
        chat.decode,
    )
    model = EngineAnswerer(engine, chat, "tiny")
    [sample] = made(Distill(1, SAMPLING, agents=TEACHER), problem(), teacher=model).samples
    assert (sample.text, sample.more) == (f"{SCRIPT}\n", (Exchange(REPLY, RIGHT),))


def test_every_turn_is_kept(tmp_path: Path):
    """What a kill leaves behind is not asked for again, turn by turn."""
    killed = answering(SCRIPT, SCRIPT)
    script, killed._script = killed._script, lambda text, seed: script(text, seed)
    lost = Scripted(lambda text, seed: None if text.startswith("Code") else SCRIPT)
    distill = Distill(1, SAMPLING, agents=TEACHER)

    async def main(model: Scripted):
        async with ForkServer() as sandbox:
            with Cached(model, tmp_path) as kept:
                return await distill(problem(), Means({"teacher": kept}, sandbox))

    with pytest.raises(AnsweringError):
        asyncio.run(main(lost))
    again = answering("never asked", RIGHT)
    [sample] = asyncio.run(main(again)).samples
    assert (sample.text, len(again.asked)) == (SCRIPT, 1)
    assert sample.verdict.outcome is Outcome.CORRECT


@pytest.mark.parametrize(
    ("most", "first", "kept"),
    [
        (None, False, [1, 2, 1, 2]),
        (None, True, [2, 2, 1, 1]),
        (3, True, [2, 2, 1]),
        (1, False, [1]),
    ],
)
def test_which_of_the_correct_ones_are_taught(most: int | None, first: bool, kept: list[int]):
    seeds = dict[int, int]()

    def teacher(text: str, seed: int) -> str:
        number = seeds.setdefault(seed, len(seeds)) if not text.startswith("Code") else -1
        return [RIGHT, SCRIPT, WRONG, RIGHT, SCRIPT, RIGHT][number]

    distill = Distill(5, SAMPLING, Keep.CORRECT, TEACHER, most=most, several_turns_first=first)
    result = made(distill, problem(), teacher=Scripted(teacher))
    assert [1 + len(one.more) for one in distill.taught(result.problem, result.samples)] == kept


class Gone:
    async def run(self, program, limits, partner=None):
        raise SandboxError("the sandbox is gone")


def test_a_sandbox_that_is_gone_is_no_failure_of_the_model():
    """The problem is tried again another time; where other samples tell enough, this one is left out."""
    rate = PassRate(2, SAMPLING, (Agent("a", "model", env=ENV),))

    async def main(*texts: str):
        left = iter(texts)
        model = Scripted(lambda text, seed: next(left))
        return await rate(problem(), Means({"model": model}, Gone()))

    with pytest.raises(AnsweringError, match="the sandbox is gone"):
        asyncio.run(main(SCRIPT, SCRIPT))
    half = asyncio.run(main(SCRIPT, RIGHT))
    assert {sample.stop for sample in half.samples} == {Stop.ERROR, Stop.FINISHED}
    assert half.problem.stats["pass_rate"] == 1.0


AGENTS = (
    Agent("all text", "model", env=CodeInterpreter(Style.TEXT)),
    Agent("all code", "model", env=CodeInterpreter(Style.CODE)),
    Agent("code agent", "model", env=CodeInterpreter()),
    Agent("alternate", "model", env=CodeInterpreter(Style.ALTERNATE)),
)


def test_four_agents_give_the_potential_of_a_problem():
    """Five answers by each, as in the paper: the one that may not compute is wrong."""

    def model(text: str, seed: int) -> str:
        if text.startswith("Code"):
            return RIGHT
        return WRONG if "without any code" in text else SCRIPT

    rate = PassRate(5, SAMPLING, AGENTS)
    asked = Scripted(model)
    result = made(rate, problem(), model=asked)
    assert result.problem.stats["pass_rate"] == 0.75
    assert result.problem.stats["potential"] == 4 * 0.75 * 0.25
    assert result.problem.stats["samples"] == 20
    assert Counter(sample.by for sample in result.samples) == {agent.name: 5 for agent in AGENTS}
    assert len(asked.asked) == 5 + 3 * 5 * 2
    assert len(rate.requests(problem())) == 5 * (1 + 3 * 10)  # at most: eight scripts, a refused one, an end


def test_results_are_stored_and_belong_to_the_environment(tmp_path: Path):
    rate = PassRate(1, SAMPLING, (Agent("text", "model", env=CodeInterpreter(Style.TEXT)),))
    model = Scripted(lambda text, seed: RIGHT)
    [first] = job([problem()], rate, tmp_path, model)
    [again] = job([problem()], rate, tmp_path, model)
    assert first == again
    assert len(model.asked) == 1
    job(
        [problem()],
        replace(rate, agents=(replace(rate.agents[0], env=CodeInterpreter(Style.TEXT, calls=7)),)),
        tmp_path,
        model,
    )
    assert len(model.asked) == 2
