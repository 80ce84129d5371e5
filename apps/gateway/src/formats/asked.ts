import type { Problem } from '@tokengrid/service';
import type { ModelOffer, RouteWish } from '../serving/routes.ts';
import type { ReadEvent } from './read-event.ts';
import type { Usage } from './usage.ts';

/** An offer that serves a request. */
export type ServingOffer = ModelOffer & {
  /** True if its provider states cumulative usage in each chunk when asked: vLLM, SGLang. */
  readonly hasRunningUsage?: boolean | undefined;
};

/** What a request says of the offer that may serve it. */
export type Preferences = Omit<RouteWish, 'model' | 'partyId' | 'keyId' | 'affinity'>;

/** A request to a model, in any format. */
export interface Asked {
  /** `model`, or `model@provider`. */
  readonly model: string;
  readonly preferences: Preferences;
  /** Text by which requests of one conversation go to the same server; absent: the payer alone. */
  readonly affinity: string;
  readonly isStreamed: boolean;
  /** What its answer consists of. */
  readonly makes: 'text' | 'vectors' | 'images';
  /** Path below an offer's endpoint. */
  readonly path: string;
  /** Units that it needs to begin, as an estimate: all of its input, the first of its output. */
  readonly begins: Begins;
  /** Texts of its input, for a tokenizer. */
  inputTexts(): readonly string[];
  /** Body for an offer's provider. */
  bodyFor(offer: ServingOffer): string;
  /** The whole answer for the caller, of the provider's; absent: as it is. */
  whole?(answer: Answered): string;
  /** Form of a streamed answer. */
  stream(offer: ServingOffer, requestId: string): StreamForm;
  /** An error in place of the rest of a streamed answer. */
  failure(problem: Problem): string;
}

export interface Begins {
  readonly input: number;
  readonly output: number;
  readonly images: number;
}

/** A provider's whole answer. */
export interface Answered {
  readonly json: Readonly<Record<string, unknown>>;
  readonly requestId: string;
}

/** What makes a caller's stream of a provider's events. */
export interface StreamForm {
  /** Bytes for the caller; undefined: none. @throws MalformedAnswer if it can't be converted */
  pass(event: ReadEvent): Uint8Array | string | undefined;
  /** Last bytes of a complete answer. They leave after its use is stored. */
  last(usage: Usage | undefined): string;
}

/** A provider's answer is not what its API promises. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
}
