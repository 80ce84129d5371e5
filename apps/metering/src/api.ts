import type { ServiceApi } from '@tokengrid/service';

const then = '2026-01-31T08:00:00.000Z';

/** Texts of metering's OpenAPI document. */
export const meteringApi: ServiceApi = {
  about: 'Takes reports of usage, rates them by the prices of apps and models, and lists usage and charges.',
  resources: {
    events: 'Reports of usage, as CloudEvents',
    usage: 'Sums of used units',
    charges: 'Costs of uses',
    parked: 'Usage parked until something it names is known',
    uncollected: 'Usage that the wallet did not cover',
    corrections: 'Replaced and voided uses',
    'usage-alerts': 'Budgets and rules for unusual usage, whose alerts are events',
    'raised-usage-alerts': 'Alerts on usage that were raised',
    sources: 'Types of events, and where they have app, model and units',
  },
  terms: {
    chargeId: { description: 'Id of the charge', example: 'chg_01jzx0000000000000000000ab' },
    usageId: { description: 'Id of the use', example: 'usg_01jzx0000000000000000000ab' },
    eventId: { description: 'CloudEvents id', example: 'request-1' },
    source: { description: 'CloudEvents source', example: '/gateways/1' },
    party: { description: 'Id of the paying party', example: 'sub_01jzx0000000000000000000ab' },
    app: { description: 'Slug of the app', example: 'tea-shop' },
    model: { description: 'Name of the model', example: 'qwen-72b' },
    offer: { description: 'Id of the offer of the model', example: 'mod_01jzx0000000000000000000ab' },
    region: { description: 'Region of the offer', example: 'cn-east' },
    member: { description: 'Member of a shared wallet that used it', example: 'sub_01jzx0000000000000000000ad' },
    key: { description: 'API key or OAuth client of the paying party', example: 'key_01jzx0000000000000000000ab' },
    meter: { description: 'Name of the meter', example: 'output_tokens' },
    units: { description: 'Units by meter', example: { input_tokens: 374, output_tokens: 44 } },
    uses: { description: 'Number of uses', example: 12 },
    priceVersion: { description: 'Version of the prices', example: 'model:qwen-72b@3' },
    time: { description: 'Time of use', example: then },
    subsidyOf: { description: 'Id of the subsidised use', example: 'usg_01jzx0000000000000000000ac' },
    type: { description: '`type` of the CloudEvents', example: 'chat.answered' },
    name: { description: 'Name of the alert', example: 'daily-budget' },
    parkedAt: { description: 'Time of parking', example: then },
    from: { description: 'Start of the window', example: '2026-01-31T08:00:00.000Z' },
    to: { description: 'End of the window', example: '2026-01-31T09:00:00.000Z' },
  },
};
