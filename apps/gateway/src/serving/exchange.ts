import type { TraceHeaders } from '@tokengrid/service';

/** End of an answer, sent once its use is stored. */
export interface AnswerEnd {
  /** Bytes after those already sent; absent: they can't be sent to another caller. */
  readonly bytes?: Uint8Array | string;
  /** Headers of an answer that is sent as a whole; absent: its head was sent. */
  readonly headers?: Readonly<Record<string, string>>;
  /** True if a use is stored for it. */
  readonly isCharged: boolean;
}

/** The caller's side of a request. */
export interface Exchange {
  /** Id of the request, `req_…`. */
  readonly requestId: string;
  /** Headers that go on to providers. */
  readonly forwarded: Readonly<Record<string, string>>;
  /** Headers by which its trace goes on. */
  readonly trace: TraceHeaders;
  /** Aborts once the caller has gone before the end of its answer. */
  readonly gone: AbortSignal;
  /** Aborts where the answer has to end because the process does; absent: it may take longer. */
  readonly stopping?: AbortSignal | undefined;
  /** Milliseconds since the request came. */
  elapsedMs(): number;
  /** Sends a whole answer. */
  send(headers: Readonly<Record<string, string>>, body: Uint8Array | string): void;
  /** Sends the head of a stream, once. */
  begin(headers: Readonly<Record<string, string>>): void;
  /** True once the head of a stream was sent. */
  readonly hasBegun: boolean;
  /** True once a part of the answer was sent. */
  readonly hasWritten: boolean;
  /** Sends a comment, which is no part of the answer. */
  comment(text: string): void;
  /**
   * Sends a part of it.
   * @returns false if the caller reads slower than that: see {@link drained}
   */
  write(bytes: Uint8Array | string): boolean;
  /** Resolves once the caller has read what was written, or has gone. */
  drained(): Promise<void>;
  /** Sends the last bytes of a stream. */
  end(bytes: Uint8Array | string): void;
  /** Ends a stream in the middle, without a word. */
  cut(): void;
  /**
   * Keeps the answer for repeats, before its use is stored; absent: nobody repeats it.
   * @throws ProblemError if another process serves this request by now: it is not charged here
   */
  readonly keep?: ((end: AnswerEnd) => Promise<void>) | undefined;
  /** Tells that the use of a kept answer could not be stored, and will not be. */
  readonly unpaid?: (() => void) | undefined;
  /** Tells that tokens are set aside and an offer is asked. */
  readonly opened?: (() => void) | undefined;
  /**
   * Tells that a whole answer is longer than is held.
   * @returns bytes up to which it is held all the same; undefined: it is passed on as it comes
   */
  readonly holdsUpTo?: (() => Promise<number | undefined>) | undefined;
}
