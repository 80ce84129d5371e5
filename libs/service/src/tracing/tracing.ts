import type { IncomingHttpHeaders } from 'node:http';

/** Attributes of a span. Never what was asked or answered, nor anything about a person. */
export type SpanAttributes = Readonly<Record<string, string | number | readonly string[]>>;

/** Headers by which a trace goes on: W3C Trace Context. */
export interface TraceHeaders {
  readonly traceparent?: string;
  readonly tracestate?: string;
}

export interface SpanBegin {
  /** `server`: a caller's request; `client`: a request to another server. */
  readonly kind: 'server' | 'client';
  /** Headers of the request in whose trace it is; without a valid `traceparent` it begins one. */
  readonly within: TraceHeaders;
  readonly attributes: SpanAttributes;
}

/** A piece of work in a trace. */
export interface Span {
  /** False if nothing of it is kept: attributes need not be found out. */
  readonly isRecorded: boolean;
  /** Headers for those who go on with the trace. */
  readonly headers: Readonly<Record<string, string>>;
  set(attributes: SpanAttributes): void;
  /** @param type one of few words, as `error.type` */
  fail(type: string): void;
  end(): void;
}

/** Traces of this process. An abstract class, so that Nest can inject it. */
export abstract class Tracing {
  /** False if there are no traces: then nothing is paid for them. */
  abstract readonly isOn: boolean;
  abstract begin(name: string, begin: SpanBegin): Span;
  /** Sends what is left. */
  abstract close(): Promise<void>;
}

/** Span of a process without traces. */
export const noSpan: Span = {
  isRecorded: false,
  headers: {},
  set: () => undefined,
  fail: () => undefined,
  end: () => undefined,
};

/** Tracing that is off. */
export class NoTracing extends Tracing {
  readonly isOn = false;

  begin(): Span {
    return noSpan;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Headers of a request by which its trace goes on. */
export const traceHeadersOf = ({ traceparent, tracestate }: IncomingHttpHeaders): TraceHeaders => ({
  ...(typeof traceparent === 'string' && { traceparent }),
  ...(typeof tracestate === 'string' && { tracestate }),
});
