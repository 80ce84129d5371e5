import hashlib, json, sys

NAMES = """ce_specversion ce_id ce_source ce_type ce_time ce_subject ce_dataschema ce_sequence ce_revision
           ce_causationid ce_commandid ce_inputhash ce_correlationid ce_actor traceparent""".split()
last, count = "0" * 64, 0
for count, line in enumerate(sys.stdin, 1):
    record = json.loads(line)
    headers = record["headers"]
    lines = [f"{name}:{headers[name]}\n" for name in NAMES if name in headers]
    if headers["ce_previoushash"] != last or headers["ce_sequence"] != str(count):
        sys.exit(f"{headers['ce_id']} does not follow event {count - 1}")
    last = hashlib.sha256((last + "".join(lines) + "\n" + record["value"]).encode()).hexdigest()
    if headers["ce_hash"] != last:
        sys.exit(f"{headers['ce_id']} has been changed")
print(f"{count} events, whole, up to {last}")
