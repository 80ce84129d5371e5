import type { StorageClock } from '@tokengrid/event-store';
import { laneOf } from '@tokengrid/kernel';
import { problem, type Problem, ProblemError, Unopenable } from '@tokengrid/service';
import { edgeStreamOf } from '../decisions/state/edge.ts';
import {
  completedGeneration,
  failedGeneration,
  generationOf,
  type GenerationStatus,
  type TaskNamed,
} from '../formats/openai/image-generation.ts';
import { fateOf, type KnownRequest } from '../replays/fate.ts';
import type { ReplayParts } from '../replays/replays.ts';
import type { SentAnswer } from '../replays/sealed-answer.ts';
import type { Exchange } from '../serving/exchange.ts';
import { told, unavailable } from '../serving/failures.ts';
import type { EndOfTask, KeptTask, KeptTasks } from './kept-tasks.ts';
import { type TaskEnd, RunningTask, type WholeAnswer } from './running-task.ts';
import type { RunningTasks, TaskHere } from './running-tasks.ts';
import { madeAt, requestIdOf, taskIdOf } from './task-ids.ts';

/** Whose a task is. */
export interface TaskOwner {
  /** The person of the key, or the key. */
  readonly principal: string;
  /** The party that pays. */
  readonly partyId: string;
}

/** A task as its caller gets it. */
export interface FoundTask {
  readonly status: GenerationStatus;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/** A request for images that may take long. */
export interface SlowRequest {
  readonly owner: TaskOwner;
  /** Number of images that it asks for. */
  readonly images: number;
  /** Time that its caller waits for them, in milliseconds. */
  readonly waitMs: number;
  /** Answers its caller by the task. */
  readonly accepted: (task: FoundTask, taskId: string) => void;
}

/** Time for which a task is known, in milliseconds. */
const keptForMs = 24 * 3_600_000;
/** Bytes that are set aside for an image, until its size is known. */
const bytesOfImage = 4 * 2 ** 20;
/** Header of a sealed end that says its status; it is not sent. */
const statusHeader = 'status';
const json = { 'content-type': 'application/json' };

/**
 * Requests for images that go on as tasks once their callers have waited long enough. Their ends
 * are sealed in the table of kept answers, so that every process of the gateway has them: an answer
 * counts once its use is stored, and what was not charged is told as a failure.
 */
export class ImageTasks {
  constructor(
    private readonly kept: KeptTasks,
    private readonly running: RunningTasks,
    private readonly parts: ReplayParts,
    private readonly clock: StorageClock,
    /** Maximum size of a task's answer, in bytes. */
    private readonly mostBytes: number,
  ) {}

  /** Serves a request: at once, or as a task. @throws Error as it fails, if it is no task */
  async serve(request: SlowRequest, exchange: Exchange, serve: (exchange: Exchange) => Promise<void>): Promise<void> {
    const { requestId } = exchange;
    const task = { ...this.placeOf(request.owner, requestId), keptForMs, gatewayId: this.parts.process.gatewayId };
    const running: RunningTask = new RunningTask(exchange, {
      ...{ waitMs: request.waitMs, mostBytes: this.mostBytes },
      accept: () => this.accept(task, request, running),
      keep: (answer) => this.keep(task, answer),
    });
    try {
      const end = await running.run(serve);
      if (end) await this.endWithout(task, end);
    } finally {
      this.running.over(task.answerId);
    }
  }

  /** A caller's task; undefined if there is none, or it is another caller's. */
  async find(owner: TaskOwner, taskId: string): Promise<FoundTask | undefined> {
    const place = this.placeOf(owner, requestIdOf(taskId));
    const known = await this.parts.kept.find(place);
    return known && this.found(place, known);
  }

  /** Cancels a task that has not ended. @param by id of the request that cancels it */
  async cancel(owner: TaskOwner, taskId: string, by: string): Promise<FoundTask | undefined> {
    const place = this.placeOf(owner, requestIdOf(taskId));
    const body = generationOf(namedOf(place.requestId), 'cancelled', this.clock.now());
    const sealed = this.sealed({ ...place, requestId: by }, 'cancelled', json, body);
    if (await this.kept.cancel(place, by, sealed)) this.running.cancel(place.answerId);
    return this.find(owner, taskId);
  }

  /** Removes a task, and cancels it if it runs. @returns false if there is none */
  async remove(owner: TaskOwner, taskId: string): Promise<boolean> {
    const place = this.placeOf(owner, requestIdOf(taskId));
    const known = await this.parts.kept.find(place);
    if (!known) return false;
    await this.kept.remove({ ...place, requestId: known.requestId });
    this.running.cancel(place.answerId);
    return true;
  }

  private placeOf({ principal, partyId }: TaskOwner, requestId: string) {
    const { lanes, seals } = this.parts;
    const answerId = seals.idOf('task', principal, partyId, requestId);
    return { answerId, requestId, holder: principal, lane: laneOf(edgeStreamOf(partyId), lanes) };
  }

  private async accept(task: TaskHere, { accepted, images }: SlowRequest, running: RunningTask): Promise<boolean> {
    const { log } = this.parts;
    try {
      if (task.gatewayId === '' || !this.running.hasRoom) return false;
      if (!(await this.kept.note(task, Math.min(images * bytesOfImage, this.mostBytes)))) return false;
      // Others have begun meanwhile.
      if (!this.running.hasRoom) {
        await this.kept.remove(task);
        return false;
      }
    } catch (error) {
      const { requestId } = task;
      log.warn({ err: error, requestId }, `${requestId} could not become a task: its caller waits`);
      // It may be noted all the same.
      await this.running.settle(requestId, () => this.kept.remove(task));
      return false;
    }
    this.running.begun(task, running);
    const named = namedOf(task.requestId);
    accepted({ status: 'in_progress', headers: json, body: generationOf(named, 'in_progress') }, named.taskId);
    return true;
  }

  private async keep(task: KeptTask, { headers, bytes, isCharged }: WholeAnswer): Promise<boolean> {
    const images = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString();
    const body = completedGeneration(namedOf(task.requestId), images, this.clock.now());
    const sealed = this.sealed(task, 'completed', headers, body);
    try {
      return await this.kept.end(task, { sealed, costsNothing: !isCharged });
    } catch (error) {
      this.parts.log.warn({ err: error, requestId: task.requestId }, `the images of ${task.requestId} were not kept`);
      throw new ProblemError(unavailable('the images could not be kept; try again'));
    }
  }

  /** Ends a task that has no images. */
  private async endWithout(task: KeptTask, end: TaskEnd): Promise<void> {
    if (end.kind === 'cancelled') return;
    if (end.kind === 'left') return this.running.settle(task.requestId, () => this.kept.remove(task));
    const body = failedGeneration(namedOf(task.requestId), this.problemOf(end.error, task), this.clock.now());
    const failed: EndOfTask = { sealed: this.sealed(task, 'failed', json, body), costsNothing: true };
    return this.running.settle(task.requestId, async () => void (await this.kept.end(task, failed)));
  }

  private problemOf(error: unknown, { requestId }: KeptTask): Problem {
    const known = told(error);
    if (known instanceof ProblemError) return known.problem;
    this.parts.log.error({ err: error, requestId }, `${requestId}: a task failed: ${(error as Error).message}`);
    return problem(500, 'INTERNAL', 'unexpected error');
  }

  private sealed(
    { answerId, requestId }: Pick<KeptTask, 'answerId' | 'requestId'>,
    status: GenerationStatus,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Buffer {
    const answer = { headers: { ...headers, [statusHeader]: status }, body: Buffer.from(body) };
    return this.parts.seals.seal(answer, answerId, requestId);
  }

  private async found(place: ReturnType<ImageTasks['placeOf']>, known: KnownRequest): Promise<FoundTask> {
    const named = namedOf(place.requestId);
    switch (fateOf(known)) {
      case 'in-flight':
        return { status: 'in_progress', headers: json, body: generationOf(named, 'in_progress') };
      case 'answered': {
        const answer = await this.opened(place.answerId, known);
        return answer ? foundOf(answer) : failed(named, notKept);
      }
      case 'not-kept':
        return failed(named, notKept);
      case 'abandoned':
        return failed(named, died);
    }
  }

  /** A sealed end; undefined if it does not open, or is gone since. */
  private async opened(answerId: string, { requestId }: KnownRequest): Promise<SentAnswer | undefined> {
    const { kept, log, seals } = this.parts;
    const sealed = await kept.sealedOf(answerId, requestId);
    try {
      return sealed && seals.open(sealed, answerId, requestId);
    } catch (error) {
      if (!(error instanceof Unopenable)) throw error;
      log.error({ requestId }, `the kept images of ${requestId} do not open`);
      return undefined;
    }
  }
}

function namedOf(requestId: string): TaskNamed {
  const createdAt = madeAt(requestId);
  return { taskId: taskIdOf(requestId), requestId, createdAt, expiresAt: createdAt + keptForMs };
}

const failed = (named: TaskNamed, why: Problem): FoundTask => ({
  ...{ status: 'failed', headers: json, body: failedGeneration(named, why) },
});

function foundOf({ headers: { [statusHeader]: status, ...headers }, body }: SentAnswer): FoundTask {
  return { status: status as GenerationStatus, headers, body };
}

const died = unavailable('the process that made the images has died; nothing was charged');
const notKept = problem(409, 'GATEWAY.ANSWER_NOT_KEPT', 'the images were charged, and are not kept any more');
