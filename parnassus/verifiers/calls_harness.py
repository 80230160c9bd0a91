"""The program that `code_calls` runs in the sandbox: defines the function, calls it, writes what it gave.

Standard input, a JSON value a line: [function, program], then the arguments of one call each. Output, a JSON
value a line, by a private duplicate of standard output: {"program": error} if there is no such function, else
for each call in order {"call": number, "value": ...} or {"call": number, "error": name}. What the program
itself prints is lost. What is needed later is held as defaults: a program may alter any module.

Never imported. All it says is a claim to be compared by the controller, where the expected results stay.
"""

import json
import os
import sys
import types

calls = [json.loads(line) for line in sys.stdin]  # all of them, before the program could read one
function, source = calls.pop(0)
encode = json.JSONEncoder(check_circular=True).encode
results = os.dup(1)
nowhere = os.open(os.devnull, os.O_WRONLY)
os.dup2(nowhere, 1)
os.close(nowhere)


def say(*, write=os.write, encode=encode, to=results, len=len, **message):
    line = (encode(message) + "\n").encode()
    while line:
        line = line[write(to, line) :]


def main(say=say, leave=os._exit, enumerate=enumerate, type=type, BaseException=BaseException):
    module = types.ModuleType("response")  # not __main__: a demonstration at its end is not the function
    sys.modules["response"] = module
    try:
        exec(compile(source, "response.py", "exec", dont_inherit=True), module.__dict__)
        called = module.__dict__[function]
    except BaseException as error:
        say(program=type(error).__name__)
        return leave(0)
    for number, arguments in enumerate(calls):
        try:
            say(call=number, value=called(*arguments))
        except BaseException as error:
            say(call=number, error=type(error).__name__)
    return leave(0)


main()
