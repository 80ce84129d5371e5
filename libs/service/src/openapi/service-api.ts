/** What a name means wherever a parameter or a field has it. */
export interface Term {
  readonly description: string;
  readonly example: unknown;
}

/** What an OpenAPI document says about a service, beside what each operation says of itself. */
export interface ServiceApi {
  /** Purpose of the service, in a sentence or two. */
  readonly about: string;
  /**
   * Resources with a description each, by the segment of the path that names them: the tags of the document, in its order. An
   * operation belongs to the last one in its path.
   */
  readonly resources: Readonly<Record<string, string>>;
  /** Meanings of parameters and fields by name, for those whose schema does not tell. */
  readonly terms: Readonly<Record<string, Term>>;
}

/** Resources of every service, after its own. */
export const commonResources = {
  commands: 'Outcomes of commands that were answered 202',
  health: 'Liveness and readiness, for orchestrators',
  metrics: 'Metrics, for Prometheus',
} as const;

/** Names that mean the same in every service. */
export const commonTerms = {
  commandId: {
    description: 'Id of the command, as the `Location` of its 202 has it',
    example: '0197a2c4-5b1e-8d3f-9a60-7c1d2e3f4a5b',
  },
  idempotencyKey: { description: "Idempotency-Key of the command's own request", example: 'order-4711' },
  nextCursor: { description: 'Cursor of the next page; null on the last one', example: null },
} as const satisfies ServiceApi['terms'];
