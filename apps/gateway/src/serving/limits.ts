/** Limits of serving. */
export interface ServingLimits {
  /** Time limit of a provider for the begin of its answer, in milliseconds. */
  readonly firstByteMs: number;
  /** Time limit of a provider between two parts of its answer, in milliseconds. */
  readonly stallMs: number;
  /** Maximum size of an event of a stream, in bytes. */
  readonly mostEventBytes: number;
  /** Maximum size of a whole answer that is held, in bytes. */
  readonly mostAnswerBytes: number;
  /** Interval of comments before the first byte of a stream, in milliseconds. */
  readonly commentMs: number;
}
