import { anywhere, type Codes } from './code.ts';

/**
 * Codes of the gateway. Its routes for models answer in the forms of OpenAI and Anthropic, whose
 * own codes stand for these: `insufficient_quota`, `model_not_found`.
 */
export const gatewayCodes = {
  'GATEWAY.INSUFFICIENT_TOKENS': anywhere(
    402,
    'The payer has not enough tokens for the request, or they ran out in its answer. Buy tokens, then send it again.',
  ),
  'GATEWAY.LIMIT_EXCEEDED': anywhere(
    402,
    'A limit of the key, its member or the wallet leaves too little for the request. It ends with the day or month, or is raised by who set it.',
  ),
  'GATEWAY.MODEL_NOT_ALLOWED': anywhere(
    403,
    'The API key names the models that it may use, and this one is not among them. `GET /v1/key` lists them.',
  ),
  'GATEWAY.APP_NOT_ALLOWED': anywhere(
    403,
    'The API key names the apps that it may use, and this one is not among them. `GET /v1/key` lists them.',
  ),
  'GATEWAY.UNKNOWN_MODEL': anywhere(
    404,
    'No offer on this network has a model of that name. `GET /v1/models` lists those that there are.',
  ),
  'GATEWAY.UNKNOWN_APP': anywhere(
    404,
    'No app of that slug has a version in force. `GET /v1/catalog` of the registry lists those that there are.',
  ),
  'GATEWAY.APP_SUSPENDED': anywhere(
    403,
    'The operator has suspended the app or its developer. Requests go through again once it is reinstated.',
  ),
  'GATEWAY.NOT_SUBSCRIBED': anywhere(
    403,
    "The key's party has no running subscription to the app. Subscribe at the registry, then send the request again.",
  ),
  'GATEWAY.CONSENT_MISSING': anywhere(
    403,
    'The app needs scopes, and the subscriber has consented to none of them. `PUT /v1/subscriptions/{id}/consent` of the registry sets the consent.',
  ),
  'GATEWAY.APP_UNREACHABLE': anywhere(
    502,
    "The app can't be reached, broke off, or its answer is no HTTP/1.1. Nothing was charged. Its developer has to look at it.",
  ),
  'GATEWAY.APP_TIMED_OUT': anywhere(504, 'The app did not begin its answer in time. Nothing was charged.'),
  'GATEWAY.ANSWER_NOT_KEPT': anywhere(
    409,
    'The request was answered and charged earlier under this Idempotency-Key, and its answer is not kept: it is larger than 1 MiB, or broke off with its process. `GET /v1/requests` has its charge; use a new key for a new request.',
  ),
} satisfies Codes;
