import { expect } from '@jest/globals';
import { type Caller, until } from '@tokengrid/service/testing';
import { paidModel, type RunningPaid } from './run-paid.ts';

/** Route of images. */
export const imagesPath = '/v1/images/generations';
/** Prompt of all requests. */
export const prompt = 'a lighthouse in the fog';
/** Directions for a provider that does not answer by itself. */
export const never = 'first-unit-ms=600000';

/** A request for images, as a spec states it. */
export interface Draw {
  readonly at?: number;
  readonly who?: Caller;
  readonly directions?: string;
  readonly prefer?: string;
  readonly key?: string;
  readonly n?: number;
  readonly signal?: AbortSignal;
}

/** A task as its caller gets it. */
export interface Task {
  readonly id: string;
  readonly status: string;
  readonly request_id: string;
  readonly data?: readonly { readonly b64_json: string }[];
  readonly error: { readonly code: string; readonly message: string } | null;
}

export const taskOf = async (response: Response) => (await response.json()) as Task;

/** Requests for images of a spec, and what becomes of them. */
export function drawing(running: () => RunningPaid, caller: () => Caller) {
  /** A request for images. */
  function draw({ at = 0, who = caller(), directions = '', prefer, key, n = 1, signal }: Draw = {}): Promise<Response> {
    const headers = { ...(prefer && { prefer }), ...(key && { 'idempotency-key': key }) };
    return running().post(
      at,
      { secret: who.secret, path: imagesPath, directions, headers, ...(signal && { signal }) },
      { model: paidModel, prompt, n },
    );
  }
  /** A request about a task. */
  const about = (id: string, { at = 1, who = caller(), method = 'GET', headers = {}, more = '' } = {}) =>
    fetch(`${running().processes[at]!.url}${imagesPath}/${id}${more}`, {
      method,
      headers: { authorization: `Bearer ${who.secret}`, ...headers },
    });

  /** Resolves once the provider has got so many requests. */
  const calls = (count: number) => until(() => Promise.resolve(running().server.calls.length >= count));

  /** Resolves once the provider's connection of the first request is closed. */
  const broken = () => until(() => Promise.resolve(running().server.calls[0]?.brokenAt !== undefined));

  /** The task of a request that is answered by one. */
  async function accepted(some: Draw = {}): Promise<Task> {
    const response = await draw({ prefer: 'respond-async', ...some });
    expect(response.status).toBe(202);
    return taskOf(response);
  }
  /** A task once it has ended. */
  const ended = ({ id }: Task, at = 1) =>
    until(async () => {
      const task = await taskOf(await about(id, { at }));
      return task.status !== 'in_progress' && task;
    });
  /** Lets the provider answer the next request once it is told to. */
  function answersLater(body: object = { created: 7, data: [{ b64_json: 'aGk=' }] }, status = 200) {
    const { promise, resolve } = Promise.withResolvers<void>();
    running().server.answerBy(async (response) => {
      await promise;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    return resolve;
  }
  /** Uses of the caller, once its slices are given back: none can come any more. */
  async function usesInTheEnd(who = caller()) {
    running().world.freeze(who);
    await until(() => Promise.resolve(running().world.open(who.partyId).length === 0));
    return running().usesOf(who);
  }
  return { draw, about, accepted, ended, answersLater, usesInTheEnd, calls, broken };
}
