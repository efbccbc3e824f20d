"""Standard Webhooks' own library verifies what was received, and nothing else."""
import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

heard = json.load(open(sys.argv[1], encoding="utf-8"))
webhook = Webhook(heard["secret"])
assert len(heard["messages"]) >= 3
for message in heard["messages"]:
    headers, body = message["headers"], message["body"]
    told = webhook.verify(body, headers)
    assert set(told) == {"type", "timestamp", "data"}, told
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
