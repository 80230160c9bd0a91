from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic_run import tokenizer
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from parnassus.report.pieces import pieces, split_thinking, tokenizer_of
from parnassus.report.read import View
from parnassus.report.trajectories import as_data, reference_text, samples, turned
from parnassus.rundir.directory import RunDir
from parnassus.types import Answer, Call, FunctionTests, Message, Problem, Stop, Trajectory

PROBLEM = Problem("chain/1", (Message("user", "calc: 1+1="),), Answer("2"), "math", "chain")


def said(response: str, by: Tokenizer) -> Trajectory:
    ids = by.encode(response).ids
    logprobs = tuple(-float(i) for i in range(len(ids)))
    return Trajectory(PROBLEM, tuple(ids), (True,) * len(ids), logprobs, response, 1, Stop.FINISHED, 0)


def bytes_tokenizer() -> Tokenizer:
    """A token a byte, as in large models: most characters take several."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = Tokenizer(models.BPE({letter: at for at, letter in enumerate(alphabet)}, []))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    return made


@pytest.mark.parametrize(
    ("response", "thinking", "answer"),
    [
        ("<think>1+1=2</think>\\boxed{2}", "<think>1+1=2</think>", "\\boxed{2}"),
        ("<think>a</think>b</think>c", "<think>a</think>b</think>", "c"),
        ("<think>never closed", "<think>never closed", ""),
        ("no tags at all", "", "no tags at all"),
        ("", "", ""),
    ],
)
def test_thinking_ends_at_its_last_closing_tag(response: str, thinking: str, answer: str) -> None:
    assert split_thinking(response) == (thinking, answer)


def test_each_token_keeps_its_log_probability() -> None:
    cut = pieces(said("<think>1+1=2;</think>\\boxed{2}", tokenizer()), tokenizer(), 1000)
    assert cut.thinking == ("<think>", "1", "+", "1", "=", "2", ";", "</think>")
    assert cut.answer == ("\\boxed{", "2", "}")
    assert cut.logprobs == tuple(-float(i) for i in range(11))


def test_a_character_of_several_tokens_is_the_last_one_s() -> None:
    cut = pieces(said("a\u00e9b", bytes_tokenizer()), bytes_tokenizer(), 1000)
    assert cut.answer == ("a", "", "\u00e9", "b")
    assert cut.logprobs == (0.0, -1.0, -2.0, -3.0)


def test_a_tokenizer_that_drops_the_first_space_keeps_the_others() -> None:
    vocabulary = {"\u2581a": 0, "\u2581b": 1, "?": 2}
    spaced = Tokenizer(models.WordLevel(vocabulary, unk_token="?"))
    spaced.pre_tokenizer = pre_tokenizers.Metaspace()
    spaced.decoder = decoders.Metaspace()
    assert pieces(said("a b b a", spaced), spaced, 1000).answer == ("a", " b", " b", " a")


def test_words_of_the_environment_are_left_out() -> None:
    whole = said("<think>a</think>b", tokenizer())
    stream = replace(
        whole,
        tokens=(5, 6, *whole.tokens),
        mask=(False, False, *whole.mask),
        logprobs=(0.0, 0.0, *whole.logprobs),
    )
    assert pieces(stream, tokenizer(), 1000) == pieces(whole, tokenizer(), 1000)


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\ufffd"), min_size=1, max_size=30),
    st.integers(4, 40),
)
def test_no_text_is_lost_or_invented(text: str, allowance: int) -> None:
    for known in (bytes_tokenizer(), None):
        trajectory = said(text, bytes_tokenizer())
        cut = pieces(trajectory, known, allowance)
        if max(map(len, split_thinking(text))) <= allowance:
            assert "".join(cut.thinking + cut.answer) == text
            assert (cut.logprobs is None) == (known is None)
        if cut.logprobs is not None:
            assert len(cut.logprobs) == len(cut.thinking) + len(cut.answer)


def test_without_a_tokenizer_nothing_is_coloured() -> None:
    assert pieces(said("<think>a</think>b", tokenizer()), None, 1000).logprobs is None


def test_a_long_text_loses_its_middle_and_says_so() -> None:
    cut = pieces(said(f"<think>{'x' * 5000}</think>b", tokenizer()), tokenizer(), 100)
    assert cut.thinking[0].startswith("<think>xxx")
    assert cut.thinking[0].endswith("xxx</think>")
    assert "4,915 characters left out" in cut.thinking[0]
    assert cut.answer == ("b",)


def test_the_sample_covers_the_run(run: RunDir, shown: View) -> None:
    steps = defaultdict(set)
    for sample in samples(run, shown):
        steps[sample.stage].add(sample.step)
    assert steps == {
        "before": {0}, "rl-math": {1, 20, 40}, "between": {0}, "rl-code": {1, 20, 40}, "after": {0},
    }  # fmt: skip


def test_every_evaluation_shows_the_same_problems_of_every_source(run: RunDir, shown: View) -> None:
    problems = defaultdict(list)
    for sample in samples(run, shown):
        if sample.kind == "evaluate":
            problems[sample.stage].append(sample.problem)
    ids = [[problem.id for problem in of] for of in problems.values()]
    assert ids[0] == ids[1] == ids[2]
    assert {problem.source for problem in problems["after"]} == {
        "chain",
        "sort",
        "lin",
        "guards",
        "guards_chain",
    }


def test_a_group_that_has_both_shows_both(run: RunDir, shown: View) -> None:
    chosen = defaultdict(list)
    for sample in samples(run, shown):
        if sample.kind == "rl":
            chosen[sample.stage, sample.step, sample.problem.id].append(sample.scored.correct)
    for (stage, step, problem), correct in chosen.items():
        whole = next(g for g in run.rollouts(stage, step) if g.problem.id == problem)
        assert set(correct) == {m.correct for m in whole.members}
        assert len(correct) <= 4


def test_what_turned_is_counted_over_all_problems(run: RunDir, shown: View) -> None:
    first, last = (
        {g.problem.id: g.members[0].correct for g in run.rollouts(stage, 0)} for stage in ("before", "after")
    )
    found = turned(run, shown)
    assert found is not None
    assert found.gained == sum(last[key] and not first[key] for key in first)
    assert found.gained + found.lost + found.both + found.neither == len(first)
    for row in found.examples:
        assert (row[0].correct, row[-1].correct) == (False, True)
        assert len({scored.trajectory.problem.id for scored in row}) == 1
    assert {row[0].trajectory.problem.domain for row in found.examples} == {"math", "code"}


def test_trajectories_point_to_their_problems(run: RunDir, shown: View) -> None:
    chosen = samples(run, shown)
    data = as_data(chosen, tokenizer_of(run, shown))
    problems, trajectories = data["problems"], data["trajectories"]
    assert isinstance(problems, list)
    assert isinstance(trajectories, list)
    for sample, plain in zip(chosen, trajectories, strict=True):
        assert problems[plain["problem"]]["id"] == sample.problem.id
        assert "".join(plain["thinking"]) + "".join(plain["answer"]) == sample.scored.trajectory.response
        assert len(plain["logprobs"]) == sample.scored.trajectory.num_sampled


def test_a_reference_is_readable() -> None:
    assert reference_text(Answer("2")) == "2"
    tests = FunctionTests("f", tuple(Call((i, 2), i + 2) for i in range(6)))
    assert reference_text(tests) == "f(0, 2) = 2\nf(1, 2) = 3\nf(2, 2) = 4\nf(3, 2) = 5\nand 2 more tests"
