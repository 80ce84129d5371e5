import type { Problem } from '@tokengrid/service';
import { z } from 'zod';
import { membersOf, withMembers } from '../json-object.ts';
import { openAiErrorOf } from './errors.ts';

const seconds = z.int();

/** Images that take long, in the manner of OpenAI's background responses. */
export const ImageGeneration = z
  .looseObject({
    id: z.string().meta({ description: 'Id of the task', example: 'img_01jzx0000000000000000000ab' }),
    object: z.literal('image.generation').meta({ example: 'image.generation' }),
    status: z.enum(['in_progress', 'completed', 'failed', 'cancelled']).meta({
      description: 'completed: the other members are those of an answer with images; else there are no images',
      example: 'in_progress',
    }),
    created_at: seconds.meta({ description: 'Time of the request, in epoch seconds', example: 1764445000 }),
    completed_at: seconds
      .nullable()
      .meta({ description: 'Time of its end, in epoch seconds; null before it', example: null }),
    expires_at: seconds.meta({
      description: 'Time from which it may be gone, in epoch seconds',
      example: 1764531400,
    }),
    request_id: z.string().meta({
      description: 'Id of the request, by which `GET /v1/requests` has its charge',
      example: 'req_01jzx0000000000000000000ab',
    }),
    error: z
      .strictObject({
        code: z.string().nullable().meta({ description: 'Stable code, as that of an error' }),
        message: z.string().meta({ description: 'Cause, for a person' }),
      })
      .nullable()
      .meta({ description: 'Why it failed; nothing was charged for it', example: null }),
  })
  .meta({ id: 'ImageGeneration' });

export const DeletedImageGeneration = z
  .strictObject({
    id: z.string().meta({ description: 'Id of the task', example: 'img_01jzx0000000000000000000ab' }),
    object: z.literal('image.generation').meta({ example: 'image.generation' }),
    deleted: z.literal(true).meta({ example: true }),
  })
  .meta({ id: 'DeletedImageGeneration' });

export type GenerationStatus = z.output<typeof ImageGeneration>['status'];

/** A task, whatever became of it. */
export interface TaskNamed {
  readonly taskId: string;
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

const inSeconds = (milliseconds: number) => Math.floor(milliseconds / 1000);

function generation(
  { taskId, requestId, createdAt, expiresAt }: TaskNamed,
  status: GenerationStatus,
  endedAt?: number,
) {
  return {
    ...{ id: taskId, object: 'image.generation' as const, status, created_at: inSeconds(createdAt) },
    completed_at: endedAt === undefined ? null : inSeconds(endedAt),
    ...{ expires_at: inSeconds(expiresAt), request_id: requestId, error: null },
  };
}

/** Body of a task that runs, or was cancelled. */
export const generationOf = (task: TaskNamed, status: 'in_progress' | 'cancelled', endedAt?: number): string =>
  JSON.stringify(generation(task, status, endedAt));

/** Body of a task that failed. */
export function failedGeneration(task: TaskNamed, problem: Problem, endedAt?: number): string {
  const { code, message } = openAiErrorOf(problem).error;
  return JSON.stringify({ ...generation(task, 'failed', endedAt), error: { code, message } });
}

/**
 * Body of a task with its images: the provider's answer, and the members of a task before its own.
 * So a caller reads images of a task, and of an answer that came at once, in the same way.
 */
export function completedGeneration(task: TaskNamed, images: string, endedAt: number): string {
  const members = Object.entries(generation(task, 'completed', endedAt));
  return withMembers(images, membersOf(images), new Map(members.map(([name, value]) => [name, JSON.stringify(value)])));
}
