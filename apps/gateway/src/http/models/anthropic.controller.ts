import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { Follows, HttpAnswer, Refuses, Requires } from '@tokengrid/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { messagesAsked, messagesToCount } from '../../formats/anthropic/messages-request.ts';
import { mustUseModel } from '../../keys/key-rights.ts';
import { anthropicLimitHeaders } from '../../limits/limit-headers.ts';
import { Counting } from '../../serving/counting.ts';
import { anthropicApi } from './anthropic-api.ts';
import { Exchanges } from './exchanges.openapi.ts';
import { requestIdOf } from './fastify-exchange.ts';
import { modelRefusals } from './model-refusals.ts';
import { ModelRequests } from './model-requests.ts';

const request = { model: 'qwen2.5-72b', max_tokens: 1024, messages: [{ role: 'user', content: 'Hello' }] };

/** Requests to models in the form of Anthropic's API. */
@Controller('v1/messages')
export class AnthropicController {
  constructor(
    private readonly requests: ModelRequests,
    private readonly counting: Counting,
  ) {}

  /**
   * Creates a message, in the form of Anthropic's API. It goes on to the provider as a chat: text
   * and tools. Other blocks, and thinking, are refused.
   */
  @Post()
  @Requires('gateway:completions:write')
  @Follows(anthropicApi)
  @Refuses(...modelRefusals)
  @Exchanges({
    request,
    required: ['model', 'max_tokens', 'messages'],
    answer: {
      ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'qwen2.5-72b' },
      content: [{ type: 'text', text: 'Hello!' }],
      ...{ stop_reason: 'end_turn', stop_sequence: null, usage: { input_tokens: 9, output_tokens: 2 } },
    },
    stream: 'its named events, the last one `message_stop`',
  })
  createMessage(@Req() incoming: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.requests.serve(messagesAsked(incoming.body), incoming, reply, { limitHeaders: anthropicLimitHeaders });
  }

  /**
   * Counts the units of a message's input, in the form of Anthropic's API. They are counted by the
   * model's tokenizer where it is known here, else estimated by the length of the text. It costs
   * nothing.
   */
  @Post('count_tokens')
  @HttpCode(200)
  @Requires('gateway:completions:write')
  @Follows(anthropicApi)
  @Refuses('GATEWAY.MODEL_NOT_ALLOWED', 'GATEWAY.UNKNOWN_MODEL')
  @Exchanges({
    request: { model: request.model, messages: request.messages },
    required: ['model', 'messages'],
    answer: { input_tokens: 9 },
  })
  async countTokens(@Req() incoming: FastifyRequest): Promise<HttpAnswer> {
    const { partyId, keyId } = incoming.principal;
    const asked = messagesToCount(incoming.body);
    mustUseModel(incoming.principal, asked.model);
    const input = await this.counting.unitsOf(asked, { partyId, keyId });
    return new HttpAnswer(200, { input_tokens: input }, { 'request-id': requestIdOf(incoming) });
  }
}
