/** A use that was served out of a slice. */
export interface Served {
  readonly sliceId: string;
  /** µAIT that it was reckoned as. */
  readonly tokens: bigint;
  /** True if it may cost less than that. */
  readonly isBound: boolean;
}

/** A process of the gateway, as a history drives it. */
export interface EdgeProcess {
  /** Uses that were served, by the process' name and the request's id. */
  readonly served: ReadonlyMap<string, Served>;
  /** One thing happens at it, at random. */
  act(): Promise<void>;
  /** Time has passed. */
  look(): Promise<void>;
  /** It ends without a word, and is followed. */
  die(): Promise<void>;
  /** Everything that runs on it ends, and it gives all slices back. */
  windUp(): Promise<void>;
}
