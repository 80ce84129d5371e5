/** Meaning of a name, for every parameter and field that has it. */
export interface Term {
  readonly description: string;
  readonly example: unknown;
}

/** Texts of a service in its OpenAPI document, beside those of each operation. */
export interface ServiceApi {
  /** Purpose of the service, one or two sentences. */
  readonly about: string;
  /**
   * Descriptions of resources by their path segment: the tags of the document, in its order. An
   * operation has the tag of the last resource in its path.
   */
  readonly resources: Readonly<Record<string, string>>;
  /** Meanings of parameters and fields by name, for schemas without a description. */
  readonly terms: Readonly<Record<string, Term>>;
}

/** Resources of every service, listed after its own. */
export const commonResources = {
  commands: 'Outcomes of commands that were answered 202',
  health: 'Liveness and readiness, for orchestrators',
  metrics: 'Metrics, for Prometheus',
} as const;

/** Resource of services with an audit, listed after their own. */
export const auditResource = { audit: 'Events by the people and parties who did them' } as const;

/** Names that mean the same in every service. */
export const commonTerms = {
  commandId: {
    description: 'Id of the command, from the `Location` of its 202',
    example: '0197a2c4-5b1e-8d3f-9a60-7c1d2e3f4a5b',
  },
  idempotencyKey: { description: "Idempotency-Key of the command's own request", example: 'order-4711' },
  nextCursor: { description: 'Cursor of the next page; null on the last one', example: null },
} as const satisfies ServiceApi['terms'];
