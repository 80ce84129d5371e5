import { setTimeout as passing } from 'node:timers/promises';
import { applyDecorators, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { cutTo } from '@tokengrid/contracts';
import {
  Follows,
  isDraining,
  keyScopeOf,
  notFound,
  Refuses,
  Requires,
  Responds,
  serviceConfig,
} from '@tokengrid/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../../config.ts';
import { imagesAsked } from '../../formats/openai/embeddings.ts';
import { DeletedImageGeneration, ImageGeneration } from '../../formats/openai/image-generation.ts';
import type { SentAnswer } from '../../replays/sealed-answer.ts';
import { type FoundTask, ImageTasks, type TaskOwner } from '../../tasks/image-tasks.ts';
import { taskIdOf } from '../../tasks/task-ids.ts';
import { type Preference, preferenceOf } from '../prefer.ts';
import { Exchanges } from './exchanges.openapi.ts';
import { requestIdOf } from './fastify-exchange.ts';
import { modelRefusals } from './model-refusals.ts';
import { ModelRequests, type SlowForm } from './model-requests.ts';
import { openAiApi } from './openai-api.ts';

/** Longest wait that a caller can ask for, in milliseconds: the time limit of OpenAI's SDKs. */
const mostWaitMs = 600_000;
/** Longest wait for the end of a task, in milliseconds: proxies cut silent connections. */
const mostTaskWaitMs = 25_000;
/** Pause between two looks at a task, in milliseconds. */
const lookEveryMs = 250;
/** Seconds after which a task may have ended. */
const retryAfter = { 'retry-after': '2' };

/** Documents the header `prefer`. */
const Prefers = (description: string): MethodDecorator =>
  ApiHeader({ name: 'prefer', required: false, description, schema: { type: 'string' }, example: 'wait=20' });

const ofTask = (): MethodDecorator =>
  applyDecorators(Requires('gateway:completions:write'), Follows(openAiApi), Refuses('NOT_FOUND'));

/** Images, in the form of OpenAI's API. */
@Controller('v1/images/generations')
export class ImagesController {
  constructor(
    private readonly requests: ModelRequests,
    private readonly tasks: ImageTasks,
    @Inject(serviceConfig) private readonly config: Pick<GatewayConfig, 'imageAnswerMs'>,
    @Inject(isDraining) private readonly draining: () => boolean,
  ) {}

  /**
   * Generates images, in the form of OpenAI's API. Each image is a unit of the meter `images`;
   * units of text are charged where the provider states them.
   *
   * Where the provider takes longer than `IMAGE_ANSWER_MS`, or than the caller prefers to wait, the
   * answer is 202 with a task: its tokens are set aside, and it is charged once, on success. Its
   * `Location` has the images once they are there, for 24 hours, at every process.
   */
  @Post()
  @Requires('gateway:completions:write')
  @Follows(openAiApi)
  @Refuses(...modelRefusals)
  @Prefers('`respond-async`: answered by a task at once; `wait=n`: after n seconds (RFC 7240)')
  @Exchanges({
    request: { model: 'flux-dev', prompt: 'A lighthouse', n: 1 },
    required: ['model', 'prompt'],
    answer: { created: 1764445000, data: [{ b64_json: 'iVBORw0KGgo=' }] },
  })
  @ApiResponse({
    status: 202,
    description: 'The task, which goes on',
    standardSchema: ImageGeneration,
    headers: {
      Location: { description: 'Path of the task', schema: { type: 'string' } },
      'Retry-After': { description: 'Seconds after which it may have ended', schema: { type: 'string' } },
      'Preference-Applied': { description: 'The preference that was followed', schema: { type: 'string' } },
    },
  })
  generateImages(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const asked = imagesAsked(request.body);
    return this.requests.serve(asked, request, reply, { slow: this.slow(request, asked.begins.images) });
  }

  /**
   * Gets a task for images: how far it is, and its images once it is completed. They stand where an
   * answer that came at once has them, in `data`. While it runs `Retry-After` is there.
   */
  @Get(':taskId')
  @ofTask()
  @Prefers('`wait=n`: answered once the task has ended, or after n seconds, at most 25 (RFC 7240)')
  @Responds(200, ImageGeneration)
  async getImageGeneration(
    @Param('taskId') taskId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { waitSeconds = 0 } = preferenceOf(request.headers['prefer']);
    const until = performance.now() + Math.min(waitSeconds * 1000, mostTaskWaitMs);
    let found = await this.find(request, taskId);
    while (found.status === 'in_progress' && performance.now() < until && !reply.raw.destroyed && !this.draining()) {
      await passing(lookEveryMs);
      found = await this.find(request, taskId);
    }
    send(reply, found);
  }

  /**
   * Cancels a task for images. Nothing is charged for a task that is cancelled; one that has ended
   * stays as it is, and is the answer.
   */
  @Post(':taskId/cancel')
  @HttpCode(200)
  @ofTask()
  @Responds(200, ImageGeneration)
  async cancelImageGeneration(
    @Param('taskId') taskId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const found = await this.tasks.cancel(ownerOf(request), taskId, requestIdOf(request));
    if (!found) throw unknown(taskId);
    send(reply, found);
  }

  /**
   * Deletes a task for images, with its images. A task that runs is cancelled, and costs nothing.
   */
  @Delete(':taskId')
  @ofTask()
  @Responds(200, DeletedImageGeneration)
  async deleteImageGeneration(@Param('taskId') taskId: string, @Req() request: FastifyRequest) {
    if (!(await this.tasks.remove(ownerOf(request), taskId))) throw unknown(taskId);
    return { id: taskId, object: 'image.generation', deleted: true };
  }

  private async find(request: FastifyRequest, taskId: string): Promise<FoundTask> {
    const found = await this.tasks.find(ownerOf(request), taskId);
    if (!found) throw unknown(taskId);
    return found;
  }

  private slow(request: FastifyRequest, images: number): SlowForm {
    const owner = ownerOf(request);
    const preference = preferenceOf(request.headers['prefer']);
    const place = (taskId: string) => `${request.server.basePath}/v1/images/generations/${taskId}`;
    const waitMs = waitMsOf(preference, this.config.imageAnswerMs);
    return {
      serve: (exchange, to, serve) => {
        const accepted = ({ headers, body }: FoundTask, taskId: string) =>
          exchange.send({ ...headers, ...retryAfter, ...applied(preference), location: place(taskId) }, body, 202);
        return this.tasks.serve({ owner, images, waitMs, accepted }, to, serve);
      },
      taskOf: async (requestId): Promise<SentAnswer | undefined> => {
        const taskId = taskIdOf(requestId);
        const found = await this.tasks.find(owner, taskId);
        if (found?.status === 'completed') return bytesOf(found);
        if (found?.status !== 'in_progress') return undefined;
        const headers = { ...found.headers, ...retryAfter, location: place(taskId) };
        return { ...bytesOf({ ...found, headers }), status: 202 };
      },
    };
  }
}

function ownerOf({ principal }: FastifyRequest): TaskOwner {
  return { principal: keyScopeOf(principal), partyId: principal.partyId };
}

function waitMsOf({ isAsync, waitSeconds }: Preference, usualMs: number): number {
  if (waitSeconds !== undefined) return Math.min(waitSeconds * 1000, mostWaitMs);
  return isAsync ? 0 : usualMs;
}

/** The preference that a 202 follows. */
function applied({ isAsync, waitSeconds }: Preference): Readonly<Record<string, string>> {
  if (isAsync) return { 'preference-applied': 'respond-async' };
  return waitSeconds === undefined ? {} : { 'preference-applied': `wait=${waitSeconds}` };
}

const bytesOf = ({ headers, body }: FoundTask): SentAnswer => ({
  headers,
  body: typeof body === 'string' ? Buffer.from(body) : body,
});

function send(reply: FastifyReply, found: FoundTask): void {
  const { headers, body } = bytesOf(found);
  void reply
    .status(200)
    .headers({ ...headers, ...(found.status === 'in_progress' && retryAfter) })
    .send(body);
}

const unknown = (taskId: string) => notFound(`no such image generation of yours: ${cutTo(100, taskId)}`);
