import type { ServiceApi } from '@tokengrid/service';
import { passingResources } from './passing.api.ts';

const then = '2026-01-31T08:00:00.000Z';

/** Texts of the OpenAPI document. */
export const gatewayApi: ServiceApi = {
  about: "The network's edge: models and apps answer here, and their uses are paid out of slices of tokens.",
  resources: {
    ...passingResources,
    apps: 'Apps, which answer as they like',
    'jwks.json': 'Keys by which apps check who calls them',
    offers: 'Credentials of offers of models',
    models: "Models on offer, in the form of OpenAI's API",
    key: 'The API key of the request',
    requests: 'Served requests, with their units, latency and charge',
  },
  terms: {
    modelId: { description: 'Id of the offer of the model', example: 'mod_01jzx0000000000000000000ab' },
    requestId: { description: 'Id of the request', example: 'req_01jzx0000000000000000000ab' },
    time: { description: 'Time of the request', example: then },
    taskId: { description: 'Id of the task', example: 'img_01jzx0000000000000000000ab' },
    slug: { description: 'Slug of the app', example: 'tea-shop' },
    path: { description: "Path below the app's endpoint", example: 'orders/17' },
    app: { description: 'Slug of the app', example: 'tea-shop' },
    model: { description: 'Name of the model', example: 'qwen2.5-72b' },
    offer: { description: 'Id of the offer that served it', example: 'mod_01jzx0000000000000000000ab' },
    key: { description: 'Id of the API key or OAuth client', example: 'key_01jzx0000000000000000000ab' },
    keyId: { description: 'Id of the API key', example: 'key_01jzx0000000000000000000ab' },
    partyId: { description: 'Id of the party', example: 'sub_01jzx0000000000000000000ab' },
    partyKind: { description: 'Kind of the party', example: 'developer' },
    scopes: { description: 'Scopes of the key', example: ['gateway:completions:write'] },
    units: { description: 'Units by meter', example: { input_tokens: 374, output_tokens: 44 } },
    firstUnitMs: { description: 'Milliseconds to the first unit of the answer', example: 120 },
    totalMs: { description: 'Milliseconds to the end of the answer', example: 900 },
    chargeId: {
      description: 'Id of the charge, whose receipt the wallet has',
      example: 'chg_01jzx0000000000000000000ab',
    },
    setAt: { description: 'Time at which they were set', example: then },
  },
};
