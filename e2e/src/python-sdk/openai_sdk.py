"""The SDK of OpenAI for Python, unchanged, at a gateway.

The environment says where, for whom, and what a unit costs: BASE_URL, API_KEY (a payer with tokens), LIMITED_KEY (of
the same payer, one stream at once), POOR_KEY (a payer without tokens), MODEL, INPUT_PRICE and OUTPUT_PRICE in µAIT.
"""

import array
import asyncio
import base64
import json
import os
import threading
import unittest

import openai
from openai import AsyncOpenAI, OpenAI

BASE_URL, MODEL = os.environ["BASE_URL"], os.environ["MODEL"]
PRICES = int(os.environ["INPUT_PRICE"]), int(os.environ["OUTPUT_PRICE"])
MESSAGES = [{"role": "user", "content": "one two three four"}]
PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
    "additionalProperties": False,
}
FORECAST = {"type": "function", "function": {"name": "forecast", "parameters": PARAMETERS}}
CALLED = {"city": "harbor", "days": 1}

client = OpenAI(base_url=BASE_URL, api_key=os.environ["API_KEY"])
chats = client.chat.completions


def directed(directions):
    """Directions for the model server behind the gateway."""
    return {"x-model-server": directions}


def cost(units_in, units_out):
    return units_in * PRICES[0] + units_out * PRICES[1]


def request(request_id):
    """A request of the payer as the gateway lists it, once the wallet has charged it."""

    async def listed():
        asking = AsyncOpenAI(base_url=BASE_URL, api_key=os.environ["API_KEY"])
        while True:
            page = await asking.get("/requests?limit=1000", cast_to=object)
            found = [each for each in page["data"] if each["requestId"] == request_id]
            if found and "chargeId" in found[0]:
                return found[0]
            await asyncio.sleep(0.1)

    return asyncio.run(asyncio.wait_for(listed(), 30))


class Chats(unittest.TestCase):
    def test_completes_a_chat_and_is_charged_its_usage(self):
        raw = chats.with_raw_response.create(model=MODEL, messages=MESSAGES, extra_headers=directed("units=5"))
        chat = raw.parse()
        self.assertEqual(len(chat.choices[0].message.content.split()), 5)
        self.assertEqual((chat.usage.prompt_tokens, chat.usage.completion_tokens, chat.usage.total_tokens), (4, 5, 9))
        self.assertRegex(chat._request_id, "^req_")
        self.assertEqual(int(raw.headers["x-tokengrid-charge"]), cost(4, 5))
        self.assertEqual(int(request(chat._request_id)["tokens"]), cost(4, 5))

    def test_streams_a_chat_with_its_usage(self):
        text, total = "", 0
        options = {"include_usage": True}
        stream = chats.create(
            model=MODEL, messages=MESSAGES, stream=True, stream_options=options, extra_headers=directed("units=6")
        )
        for chunk in stream:
            text += (chunk.choices and chunk.choices[0].delta.content) or ""
            total = chunk.usage.total_tokens if chunk.usage else total
        self.assertEqual((len(text.split()), total), (6, 10))

    def test_streams_no_usage_where_none_was_asked_for(self):
        stream = chats.create(model=MODEL, messages=MESSAGES, stream=True, extra_headers=directed("units=6"))
        self.assertEqual([chunk.usage for chunk in stream if chunk.usage or not chunk.choices], [])

    def test_calls_tools_and_goes_on_with_their_results(self):
        with chats.stream(model=MODEL, messages=MESSAGES, tools=[FORECAST]) as stream:
            choice = stream.get_final_completion().choices[0]
        [call] = choice.message.tool_calls
        self.assertEqual((choice.finish_reason, call.function.name), ("tool_calls", "forecast"))
        self.assertEqual(json.loads(call.function.arguments), CALLED)
        result = {"role": "tool", "tool_call_id": call.id, "content": "sunny"}
        said = {"role": "assistant", "tool_calls": [call.to_dict()]}
        answer = chats.create(model=MODEL, messages=[*MESSAGES, said, result], tools=[FORECAST])
        self.assertEqual(answer.choices[0].finish_reason, "stop")

    def test_stops_a_stream_and_is_charged_what_was_produced(self):
        stream = chats.create(
            model=MODEL, messages=MESSAGES, stream=True, extra_headers=directed("units=1000, unit-ms=5")
        )
        request_id = stream.response.headers["x-request-id"]
        with stream:
            for read, _ in enumerate(stream):
                if read == 5:
                    break
        served = request(request_id)
        self.assertEqual(served["status"], "client-left")
        self.assertLess(int(served["units"]["output_tokens"]), 200)
        self.assertEqual(int(served["tokens"]), cost(4, int(served["units"]["output_tokens"])))

    def test_runs_many_chats_at_once_in_the_asynchronous_client(self):
        async def all_of_them():
            async with AsyncOpenAI(base_url=BASE_URL, api_key=os.environ["API_KEY"]) as asynchronous:
                each = asynchronous.chat.completions.with_raw_response
                headers = directed("units=7")
                return await asyncio.gather(
                    *(each.create(model=MODEL, messages=MESSAGES, extra_headers=headers) for _ in range(30))
                )

        raws = asyncio.run(all_of_them())
        self.assertEqual([int(raw.headers["x-tokengrid-charge"]) for raw in raws], [cost(4, 7)] * 30)


class Responses(unittest.TestCase):
    def test_creates_a_response(self):
        response = client.responses.create(
            model=MODEL, input="one two three", instructions="be brief", extra_headers=directed("units=4")
        )
        self.assertEqual((len(response.output_text.split()), response.status), (4, "completed"))
        self.assertEqual((response.usage.input_tokens, response.usage.output_tokens), (5, 4))

    def test_streams_a_response(self):
        with client.responses.stream(model=MODEL, input=MESSAGES, extra_headers=directed("units=3")) as stream:
            types = [event.type for event in stream]
            response = stream.get_final_response()
        self.assertEqual((types[0], types[-1]), ("response.created", "response.completed"))
        self.assertEqual((len(response.output_text.split()), response.usage.output_tokens), (3, 3))


class Embeddings(unittest.TestCase):
    def test_creates_embeddings_whose_input_is_charged(self):
        raw = client.embeddings.with_raw_response.create(model=MODEL, input=["one two", "three"], dimensions=16)
        created = raw.parse()
        self.assertEqual([len(each.embedding) for each in created.data], [16, 16])
        self.assertAlmostEqual(sum(number * number for number in created.data[0].embedding), 1, 5)
        self.assertEqual((created.usage.prompt_tokens, int(raw.headers["x-tokengrid-charge"])), (3, cost(3, 0)))

    def test_creates_them_in_the_encoding_that_was_asked_for(self):
        asked = {"model": MODEL, "input": "one two", "dimensions": 16}
        encoded = client.embeddings.create(**asked, encoding_format="base64").data[0].embedding
        floats = client.embeddings.create(**asked, encoding_format="float").data[0].embedding
        for one, other in zip(array.array("f", base64.b64decode(encoded)), floats, strict=True):
            self.assertAlmostEqual(one, other, 5)


class Models(unittest.TestCase):
    def test_lists_models(self):
        self.assertIn(MODEL, [model.id for model in client.models.list()])
        self.assertEqual(client.models.retrieve(MODEL).object, "model")


class Errors(unittest.TestCase):
    def refused(self, kind, **asked):
        """Error of a chat that is refused, and that the SDK does not send again."""
        of = asked.pop("of", client)
        with self.assertRaises(kind) as refusal:
            of.chat.completions.create(**{"model": MODEL, "messages": MESSAGES, **asked})
        self.assertEqual(refusal.exception.request.headers["x-stainless-retry-count"], "0")
        return refusal.exception

    def test_are_of_the_classes_of_the_sdk(self):
        wrong = OpenAI(base_url=BASE_URL, api_key="wrong")
        self.assertEqual(self.refused(openai.AuthenticationError, of=wrong).code, "invalid_api_key")
        self.assertEqual(self.refused(openai.NotFoundError, model="../../etc/passwd").code, "model_not_found")
        self.assertEqual(self.refused(openai.BadRequestError, n=-1).param, "n")

    def test_say_that_tokens_ran_out_and_are_not_sent_again(self):
        poor = OpenAI(base_url=BASE_URL, api_key=os.environ["POOR_KEY"])
        error = self.refused(openai.APIStatusError, of=poor)
        self.assertEqual((error.status_code, error.code, error.type), (402, *["insufficient_quota"] * 2))

    def test_end_a_stream_that_breaks_off(self):
        stream = chats.create(
            model=MODEL, messages=MESSAGES, stream=True, extra_headers=directed("units=50, dies-after=5")
        )
        request_id = stream.response.headers["x-request-id"]
        with self.assertRaises(openai.APIError) as broken:
            for _ in stream:
                pass
        self.assertEqual(broken.exception.code, "service_unavailable")
        served = request(request_id)
        units = int(served["units"]["output_tokens"])
        self.assertGreater(units, 0)
        self.assertEqual(int(served["tokens"]), cost(4, units))


class Retries(unittest.TestCase):
    def test_wait_for_a_limit_and_are_served(self):
        limited = OpenAI(base_url=BASE_URL, api_key=os.environ["LIMITED_KEY"]).chat.completions
        asked = {"model": MODEL, "messages": MESSAGES, "stream": True}
        running = limited.create(**asked, extra_headers=directed("units=100000, unit-ms=20"))
        with self.assertRaises(openai.RateLimitError) as refusal:
            OpenAI(base_url=BASE_URL, api_key=os.environ["LIMITED_KEY"], max_retries=0).chat.completions.create(**asked)
        self.assertEqual(refusal.exception.code, "rate_limit_exceeded")
        self.assertIn("retry-after", refusal.exception.response.headers)
        ending = threading.Timer(0.3, running.close)
        ending.start()
        raw = limited.with_raw_response.create(**asked, extra_headers=directed("units=5"))
        self.assertGreater(raw.retries_taken, 0)
        self.assertEqual(sum(1 for chunk in raw.parse() if chunk.choices and chunk.choices[0].delta.content), 5)
        ending.join()

    def test_of_attempts_that_took_too_long_cost_nothing(self):
        quick = client.with_options(timeout=0.5, max_retries=1)
        first = self.listed()
        with self.assertRaises(openai.APITimeoutError):
            quick.chat.completions.create(
                model=MODEL, messages=MESSAGES, extra_headers=directed("units=5, first-unit-ms=60000")
            )
        last = self.listed()
        self.assertEqual(len(last), len(first) + 1)

    def listed(self):
        """Requests of the payer up to one of now: those before it are reported no later."""
        raw = chats.with_raw_response.create(model=MODEL, messages=MESSAGES, extra_headers=directed("units=5"))
        request(raw.headers["x-request-id"])
        return client.get("/requests?limit=1000", cast_to=object)["data"]


if __name__ == "__main__":
    unittest.main(verbosity=2)
