/** An offer of a model, as the registry's events state it. */
export interface ModelOffer {
  readonly offerId: string;
  readonly providerId: string;
  /** Name of the model by its first spelling. */
  readonly model: string;
  /** Base URL of an OpenAI-compatible API, without `/chat/completions`. */
  readonly endpoint: string;
  readonly region: string;
  /** Requests that it serves at a time; absent: unbounded. */
  readonly capacity?: number | undefined;
  readonly tokenizer?: string | undefined;
  readonly trainsOnData: boolean;
  readonly retentionDays: number | undefined;
  /** µAIT per unit, a decimal string, by meter. */
  readonly prices: ReadonlyMap<string, string>;
  readonly priceVersion: number;
}

/** What a request says of the offer that may serve it, as OpenRouter's `provider` does. */
export interface RouteWish {
  /** `model`, or `model@provider`. */
  readonly model: string;
  readonly partyId: string;
  readonly keyId: string;
  readonly order?: readonly string[] | undefined;
  readonly only?: readonly string[] | undefined;
  readonly ignore?: readonly string[] | undefined;
  readonly allowFallbacks?: boolean | undefined;
  /** µAIT per unit by meter. */
  readonly maxPrice?: ReadonlyMap<string, string> | undefined;
  readonly sort?: 'price' | 'latency' | undefined;
  readonly region?: string | undefined;
  /** No provider that trains on requests. */
  readonly denyTraining?: boolean | undefined;
  /** Requests of the same text go to the same server: its prompt cache lives there. */
  readonly affinity: string;
}

/** An offer that may serve a request. */
export interface Route {
  readonly offer: ModelOffer;
  /** Value of the header `authorization` for the provider; absent: none is set. */
  readonly authorization: string | undefined;
}

/** What became of an attempt, for the circuit breaker. */
export type AttemptOutcome =
  | { readonly kind: 'delivered'; readonly firstUnitMs: number }
  | { readonly kind: 'failed' }
  /** The provider refused the credentials that it was sent: 401 or 403. */
  | { readonly kind: 'unauthorized' }
  | { readonly kind: 'busy'; readonly retryAfterMs: number };

/** No offer can serve a request. */
export class NoRoute extends Error {
  override readonly name = 'NoRoute';
  constructor(
    readonly why: 'unknown-model' | 'not-allowed' | 'none-healthy',
    message: string,
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** Which offers serve a request. An abstract class, so that Nest can inject it. */
export abstract class Routes {
  /** Offers to try in turn, the best first, at most three. @throws NoRoute */
  abstract choose(wish: RouteWish): Promise<readonly Route[]>;
  abstract tell(offerId: string, outcome: AttemptOutcome): void;
}
