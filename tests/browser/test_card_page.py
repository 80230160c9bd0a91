"""A curation's card in a real browser: nothing runs over its edge, wide or narrow, light or dark; what
problems and models say stays text."""

import json
from collections.abc import Iterator

import pytest
from chromium_pipe import Page, browser
from curating import TAIL, Place
from model_process import serving

pytestmark = pytest.mark.browser

ATTACK = "</pre><script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'>"
LONG = "averyverylongnameofasourcewithoutanyplacetobreak/" + "x" * 60
STEPS = """
from parnassus.data.filters.decontaminate import Decontaminate
from parnassus.data.similarity.benchmarks import Benchmark
BENCHMARK = Benchmark("aime", (("7", "How many of the numbers from 1 to 100 are divisible by 7 and odd?"),))
STEPS = (Decontaminate((BENCHMARK,)), RATE, Bounds("pass_rate", above=0, below=1), Distill(2, SHORT))
"""


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Its address. A problem is an attack, one is contaminated, names are long, the server is bad."""
    place = Place(tmp_path_factory.mktemp("curated"), "()")
    place.write(12)
    odd = {"domain": "math", "reference": {"value": "1"}, "source": LONG}
    rows = [
        {"id": "x/1", "prompt": f"In task 4 we ask for {ATTACK} {'long' * 200}", **odd},
        {"id": "x/2", "prompt": "How many of the numbers from 1 to 100 are divisible by 7 and odd?", **odd},
        {"id": "x/3", "prompt": 7},
    ]
    with (place.path / "tasks.jsonl").open("a") as file:
        file.write("".join(json.dumps(row) + "\n" for row in rows))
    with (place.path / "tasks_pipeline.py").open("a") as file:
        file.write(STEPS + TAIL)
    with serving(place.path / "log", bad=True) as (url, _):
        models = [f"{name}=models/{'long-name-' * 6}@{url}" for name in ("student", "teacher")]
        options = [option for model in models for option in ("--ask", model)]
        assert place.curate("out", *options, "--timeout", "2", "--retries", "3").code == 0
    return (place.path / "out" / "card.html").as_uri()


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser(tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_the_card_fits_says_nothing_to_the_console_and_fetches_nothing(card, tab, width, dark, tmp_path):
    tab.open(card, width=width, dark=dark)
    tab.run("document.querySelectorAll('details').forEach(d => { d.open = true })")
    tab.screenshot(tmp_path / "card.png")
    assert tab.run(f"document.documentElement.scrollWidth <= {width}")
    assert tab.run("[...document.querySelectorAll('pre')].every(p => p.scrollWidth <= p.clientWidth)")
    assert tab.run("window.pwned === undefined")
    for event in tab.events:
        assert event["method"] not in (
            "Runtime.consoleAPICalled",
            "Runtime.exceptionThrown",
            "Log.entryAdded",
        )
        if event["method"] == "Network.requestWillBeSent":
            assert event["params"]["request"]["url"] == card


def test_every_word_can_be_read(card, tab):
    """Text stands out from what is behind it by 4.5 to 1, as WCAG wants, in both schemes."""
    for dark in (False, True):
        tab.open(card, dark=dark)
        worst = tab.run(CONTRAST)
        assert isinstance(worst, float | int)
        assert worst >= 4.5


CONTRAST = """
(() => {
  const channels = c => c.match(/[\\d.]+/g).map(Number);
  const light = c => { const [r, g, b] = channels(c).map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b };
  const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (channels(c)[3] !== 0) return c } return 'rgb(255, 255, 255)' };
  const texts = [...document.body.querySelectorAll('*')].filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()));
  return Math.min(...texts.map(e => { const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x); return (a + 0.05) / (b + 0.05) }));
})()
"""  # noqa: E501


def test_what_models_were_asked_and_taught_is_shown(card, tab):
    tab.open(card)
    assert tab.run("[...document.querySelectorAll('h2')].map(h => h.textContent)") == [
        "Where they went",
        "What is left",
        "Models asked",
        "Responses to imitate",
        "Contamination, side by side",
        "Examples of what was dropped",
        "Sources and licences",
        "Making it again",
    ]
    cells = "[...[...document.querySelectorAll('table')][1].tBodies[0].rows[0].cells].map(c => c.textContent)"
    step, model, questions, *_ = tab.run(cells)  # type: ignore[misc]
    assert (step, questions) == ("PassRate", "104")
    assert model.endswith("as student, teacher")
