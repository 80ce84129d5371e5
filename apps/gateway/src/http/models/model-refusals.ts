/** Codes of requests to models, beside those of every operation. */
export const modelRefusals = [
  'GATEWAY.INSUFFICIENT_TOKENS',
  'GATEWAY.LIMIT_EXCEEDED',
  'GATEWAY.MODEL_NOT_ALLOWED',
  'GATEWAY.UNKNOWN_MODEL',
  'GATEWAY.ANSWER_NOT_KEPT',
  'IDEMPOTENCY_KEY_IN_FLIGHT',
  'IDEMPOTENCY_KEY_REUSED',
  'TOO_MANY_REQUESTS',
] as const;
