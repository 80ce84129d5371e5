import { createHmac } from 'node:crypto';
import { openBytes, sealBytes } from '@tokengrid/service';
import type { MasterKey } from '../credentials/master-key.ts';
import { addContent } from './content-hash.ts';

/** An answer as it was sent. */
export interface SentAnswer {
  /** Absent: 200, as that of every sealed answer. */
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Context of a sealed answer: it opens for no other key, and for no other request. */
const contextOf = (answerId: string, requestId: string): string => `answer:${answerId}:${requestId}`;

/** Seals answers, and makes ids of what identifies a request. */
export class AnswerSeals {
  constructor(private readonly master: Pick<MasterKey, 'ofAnswers' | 'ofAnswerIds'>) {}

  /** A keyed hash of some texts, from which none of them can be guessed. */
  idOf(...texts: readonly string[]): string {
    return createHmac('sha256', this.master.ofAnswerIds).update(JSON.stringify(texts)).digest('base64url');
  }

  /** A keyed hash of a body's content. */
  hashOf(body: Buffer): string {
    return addContent(createHmac('sha256', this.master.ofAnswerIds), body).digest('base64url');
  }

  seal({ headers, body }: SentAnswer, answerId: string, requestId: string): Buffer {
    const head = Buffer.from(`${JSON.stringify(headers)}\n`);
    return sealBytes(this.master.ofAnswers, Buffer.concat([head, body]), contextOf(answerId, requestId));
  }

  /** @throws Unopenable */
  open(sealed: Buffer, answerId: string, requestId: string): SentAnswer {
    const opened = openBytes(this.master.ofAnswers, sealed, contextOf(answerId, requestId));
    const end = opened.indexOf(0x0a);
    const headers = JSON.parse(opened.subarray(0, end).toString()) as SentAnswer['headers'];
    return { headers, body: opened.subarray(end + 1) };
  }
}
