"""A message as it arrived with what was made of it."""

import json

from pydantic import SecretBytes

from services.intake.acceptance import Acceptor
from services.intake.arrivals import examined
from services.intake.place import Places
from shared.vault import Vault
from tests.builders import Message, submission
from tests.unit.intake.pasuruan import PACK

ACCEPTOR = Acceptor(PACK, Places(PACK), b"k" * 32)
VAULT = Vault({"one": SecretBytes(b"v" * 32)})


def test_a_refusal_does_not_hold_the_batch_in_which_it_came() -> None:
    messages = [Message(json.dumps(submission(text=text)).encode()) for text in ("", "Lampu jalan mati")]
    refused, accepted = examined(messages, ACCEPTOR, VAULT)

    assert accepted.new
    assert refused.refusal
    assert [(item.field, item.code) for item in refused.refusal.problems] == [("text", "empty")]
    assert refused.channel
    # Either would lead to the frames in which it was raised, and to all that they hold.
    assert refused.refusal.__traceback__ is None
    assert refused.refusal.__context__ is None
