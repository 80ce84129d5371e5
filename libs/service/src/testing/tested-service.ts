import type { Type } from '@nestjs/common';
import { operatorPartyId } from '@tokengrid/contracts';
import type { RunningService } from '../run-service.ts';
import { DocumentedAnswers } from './documented-answers.ts';
import { until } from './until.ts';

/** The operator's key in specs. */
export const operatorApiKey = 'tg_operator_specimen';

/** A party that calls. */
export interface Caller {
  readonly secret: string;
  readonly partyId: string;
}

/** Answer to a call; without a body, an empty one. */
export interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown> & { readonly data?: Record<string, unknown>[] };
  /** The header `Location`, where there is one. */
  readonly location?: string;
}

/** A request, as it goes over the wire. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * A service that runs for a spec, over HTTP. Every answer is compared with what the OpenAPI
 * document promises.
 */
export class TestedService {
  readonly operator: Caller = { secret: operatorApiKey, partyId: operatorPartyId };

  readonly documented: DocumentedAnswers;

  readonly until = until;

  constructor(
    readonly service: RunningService,
    name: string,
    readonly close: () => Promise<void>,
  ) {
    this.documented = new DocumentedAnswers(service.app, name);
  }

  /** For requests that `call` does not support. */
  get url(): string {
    return this.service.url;
  }

  /** An instance of one of the module's classes. */
  instance<T>(type: { readonly prototype: T }): T {
    return this.service.app.get(type as Type<T>);
  }

  /** Sends a request as it is. */
  async send({ method, path, headers, body }: Sent): Promise<Answered> {
    const response = await fetch(`${this.url}${path}`, { method, headers, ...(body !== undefined && { body }) });
    const text = await response.text();
    const { status } = response;
    const answered = text === '' ? {} : (JSON.parse(text) as Answered['body']);
    if (text !== '') this.documented.mustTell({ method, path, status, body: answered });
    const location = response.headers.get('location');
    return { status, body: answered, ...(location !== null && { location }) };
  }

  /**
   * Sends a request with a body in JSON.
   * @param who nobody, where undefined
   * @param key the Idempotency-Key
   */
  call(who: Caller | undefined, method: string, path: string, body?: unknown, key?: string): Promise<Answered> {
    const headers = {
      ...(who && { authorization: `Bearer ${who.secret}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotency-key': key }),
    };
    return this.send({ method, path, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  }

  get(who: Caller | undefined, path: string): Promise<Answered> {
    return this.call(who, 'GET', path);
  }
}
