import { Controller, Post, Req, Res } from '@nestjs/common';
import { Follows, Refuses, Requires } from '@tokengrid/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { chatAsked } from '../../formats/openai/chat-request.ts';
import { embeddingsAsked } from '../../formats/openai/embeddings.ts';
import { responsesAsked } from '../../formats/openai/responses-request.ts';
import { Exchanges } from './exchanges.openapi.ts';
import { modelRefusals } from './model-refusals.ts';
import { ModelRequests } from './model-requests.ts';
import { openAiApi } from './openai-api.ts';

const model = 'qwen2.5-72b';
const usage = { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 };

/** Requests to models in the form of OpenAI's API. */
@Controller('v1')
export class OpenAiController {
  constructor(private readonly requests: ModelRequests) {}

  /**
   * Completes a chat, in the form of OpenAI's API. The body goes on to the provider as it is, but
   * for `model`, which may be `model@provider`, and `provider`, which says who may serve it. A
   * stream that breaks off ends with an event that has `error`; what was produced until then is
   * charged.
   */
  @Post('chat/completions')
  @Requires('gateway:completions:write')
  @Follows(openAiApi)
  @Refuses(...modelRefusals)
  @Exchanges({
    request: { model, messages: [{ role: 'user', content: 'Hello' }], stream: true },
    required: ['model', 'messages'],
    answer: {
      ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1764445000, model },
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hello!' }, finish_reason: 'stop' }],
      usage,
    },
    stream: 'its chunks, then `[DONE]`',
  })
  completeChat(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.requests.serve(chatAsked(request.body), request, reply);
  }

  /**
   * Creates a response, in the form of OpenAI's API. It goes on to the provider as a chat: text and
   * tools. Nothing is stored, so `previous_response_id` and `store` are refused, like all else that
   * can't be converted.
   */
  @Post('responses')
  @Requires('gateway:completions:write')
  @Follows(openAiApi)
  @Refuses(...modelRefusals)
  @Exchanges({
    request: { model, input: 'Hello', stream: true },
    required: ['model', 'input'],
    answer: {
      ...{ id: 'resp_1', object: 'response', created_at: 1764445000, model, status: 'completed' },
      output: [
        {
          ...{ type: 'message', id: 'msg_1', status: 'completed', role: 'assistant' },
          content: [{ type: 'output_text', text: 'Hello!', annotations: [] }],
        },
      ],
      usage: { input_tokens: 9, output_tokens: 2, total_tokens: 11 },
    },
    stream: 'its named events, the last one `response.completed`',
  })
  createResponse(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.requests.serve(responsesAsked(request.body), request, reply);
  }

  /**
   * Creates embeddings, in the form of OpenAI's API. Their input is charged, by the provider's
   * usage.
   */
  @Post('embeddings')
  @Requires('gateway:completions:write')
  @Follows(openAiApi)
  @Refuses(...modelRefusals)
  @Exchanges({
    request: { model: 'bge-m3', input: 'Hello' },
    required: ['model', 'input'],
    answer: {
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: [0.1, -0.2] }],
      model: 'bge-m3',
      usage: { prompt_tokens: 1, total_tokens: 1 },
    },
  })
  createEmbeddings(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.requests.serve(embeddingsAsked(request.body), request, reply);
  }
}
