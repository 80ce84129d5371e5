import { randomUUID } from 'node:crypto';
import { Connection } from '../stack/connection.ts';
import { headOf } from '../stack/market.ts';
import type { Stage } from './stage.ts';

/** Registers subscribers as an operator's system does, each number once. */
export class Registrations {
  registered = 0;
  private readonly connections: Connection[] = [];

  constructor(private readonly stage: Stage) {}

  /** One request with one subscriber. @throws Error for any answer but 201 */
  async single(caller: number): Promise<void> {
    const { status, body } = await this.post(caller, '/v1/subscribers', newSubscriber());
    if (status !== 201) throw new Error(`POST /v1/subscribers: ${status} ${body}`);
    this.registered += 1;
  }

  /** One request with many subscribers. @throws Error for any answer but 200 with all registered */
  async batch(caller: number, size: number): Promise<void> {
    const subscribers = Array.from({ length: size }, newSubscriber);
    const { status, body } = await this.post(caller, '/v1/subscribers:batch', { subscribers });
    const outcomes = status === 200 ? (JSON.parse(body) as { outcomes: { status: number }[] }).outcomes : [];
    if (outcomes.filter((outcome) => outcome.status === 201).length !== size)
      throw new Error(`POST /v1/subscribers:batch: ${status} ${body.slice(0, 500)}`);
    this.registered += size;
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }

  private post(caller: number, path: string, content: object) {
    const { identity, operatorKey } = this.stage;
    const connection = (this.connections[caller] ??= new Connection(identity, headOf(operatorKey)));
    return connection.request('POST', path, JSON.stringify(content), randomUUID());
  }
}

let next = 0;

/** A subscriber with a number of its own. */
function newSubscriber() {
  next += 1;
  return { msisdn: `+999${String(next).padStart(9, '0')}`, name: `Subscriber ${next}` };
}
