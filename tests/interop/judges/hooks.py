"""Standard Webhooks' own library verifies what was received, and nothing else."""
import json
import pathlib
import sys

from jsonschema import Draft202012Validator
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

heard = json.load(open(sys.argv[1], encoding="utf-8"))
webhook = Webhook(heard["secret"])
root = pathlib.Path(__file__).parents[3]
schema = json.loads((root / "docs/schema/hook-message.schema.json").read_text(encoding="utf-8"))
Draft202012Validator.check_schema(schema)
judge = Draft202012Validator(schema)
assert len(heard["messages"]) >= 3
for message in heard["messages"]:
    headers, body = message["headers"], message["body"]
    told = webhook.verify(body, headers)
    judge.validate(told)
    assert not judge.is_valid({**told, "officer": "x"})
    for wrong in (
        (body.replace("incident", "Incident"), headers),
        (body, {**headers, "webhook-id": headers["webhook-id"] + "0"}),
        (body, {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)}),
    ):
        try:
            webhook.verify(*wrong)
        except WebhookVerificationError:
            continue
        raise AssertionError(f"taken: {wrong}")
print("accepted")
