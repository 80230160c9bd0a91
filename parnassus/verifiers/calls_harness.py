"""The program that `code_calls` runs in the sandbox: defines the function, calls it, writes what it gave.

Standard input, a JSON value a line: [function, program], then the arguments of one call each. Output, a JSON
value a line, by a private duplicate of standard output: {"program": error} if there is no such function, else
for each call in order {"call": number, "value": ...} or {"call": number, "error": name}. What the program
itself prints is lost. What is needed after it began is held in local names: it may alter any module.

All it says is a claim to be compared by the controller, where the expected results stay.
"""

import json
import os
import sys
import types


def private_stdout() -> int:
    """A descriptor for the results; the program's own prints go nowhere from now on."""
    results = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return results


def main() -> None:
    # All of it, before the program could read a line.
    (function, source), *calls = [json.loads(line) for line in sys.stdin]
    results, write, leave = private_stdout(), os.write, os._exit
    encode, kind, anything, number = json.JSONEncoder().encode, type, BaseException, enumerate

    def say(message: dict) -> None:
        line = (encode(message) + "\n").encode()
        while line:
            line = line[write(results, line) :]

    module = types.ModuleType("response")  # not __main__: a demonstration at its end is not the function
    sys.modules["response"] = module
    try:
        exec(compile(source, "response.py", "exec", dont_inherit=True), module.__dict__)
        called = module.__dict__[function]
    except anything as error:
        say({"program": kind(error).__name__})
        leave(0)
        return
    for call, arguments in number(calls):
        try:
            say({"call": call, "value": called(*arguments)})
        except anything as error:
            say({"call": call, "error": kind(error).__name__})
    leave(0)


if __name__ == "__main__":
    main()
