import { randomInt, randomUUID } from 'node:crypto';
import { Connection } from '../stack/connection.ts';
import { headOf } from '../stack/market.ts';
import type { Stage } from './stage.ts';

const [single, batched] = ['application/cloudevents+json', 'application/cloudevents-batch+json'];

/** Payers of uses: any of them, or a single one. */
export type Shape = 'spread' | 'hot';

/** Reports uses as a gateway or a collector does, and counts the accepted ones. */
export class Reports {
  accepted = 0;
  private readonly connections: Connection[] = [];
  private readonly run = randomUUID().slice(0, 8);
  private next = 0;

  constructor(
    private readonly stage: Stage,
    private readonly shape: Shape,
    /** Address that takes the reports: metering's, or a floor's. */
    private readonly url = stage.urls.metering,
  ) {}

  /** One request with one use. @throws Error for any answer but 202 with it accepted */
  single(caller: number): Promise<void> {
    return this.send(caller, this.use(), 1, single);
  }

  /** One request with many uses. @throws Error for any answer but 202 with all accepted */
  batch(caller: number, size: number): Promise<void> {
    return this.send(caller, `[${Array.from({ length: size }, () => this.use()).join(',')}]`, size, batched);
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }

  private async send(caller: number, text: string, uses: number, contentType: string): Promise<void> {
    const connection = (this.connections[caller] ??= new Connection(
      this.url,
      headOf(this.stage.operatorKey),
      contentType,
    ));
    const { status, body } = await connection.request('POST', '/v1/events', text);
    if (status !== 202 || (JSON.parse(body) as { accepted: number }).accepted !== uses)
      throw new Error(`a report of ${uses} uses was answered ${status}: ${body}`);
    this.accepted += uses;
  }

  private use(): string {
    const { payers, model } = this.stage;
    const payer = payers[this.shape === 'hot' ? 0 : randomInt(payers.length)]!;
    const units = `{"input_tokens":${1 + randomInt(2000)},"output_tokens":${1 + randomInt(500)}}`;
    const id = `${this.run}-${this.next++}`;
    return `{"specversion":"1.0","type":"use","source":"/bench/${this.run}","id":"${id}","subject":"${payer}","time":"${new Date().toISOString()}","data":{"model":"${model}","units":${units}}}`;
  }
}
