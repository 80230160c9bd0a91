"""A problem's identity: a digest of its prompt, the same on every machine and in every run.

Not a similarity measure: two prompts that differ in one character are two problems.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from parnassus.types import Message


def prompt_digest(prompt: Sequence[Message], salt: str = "") -> str:
    """16 hexadecimal digits (64 bits). Another `salt` gives an unrelated digest of the same prompt."""
    # A list of [role, content] as JSON: unlike joined strings, no two prompts can spell the same bytes.
    content = json.dumps([[message.role, message.content] for message in prompt])
    return hashlib.blake2b(content.encode(), digest_size=8, key=salt.encode()).hexdigest()
