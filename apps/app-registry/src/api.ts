import type { ServiceApi } from '@tokengrid/service';

const then = '2026-03-01T08:30:00.000Z';

/** Texts of the app registry's OpenAPI document. */
export const appRegistryApi: ServiceApi = {
  about: 'Keeps the apps and models on offer, their prices, and the subscriptions to apps.',
  resources: {
    apps: 'Apps of developers',
    versions: 'Versions of an app, each with its manifest',
    catalog: 'Apps on offer',
    models: 'Models on offer',
    prices: 'Prices of a model',
    subscriptions: 'Subscriptions of parties to apps',
    'manifest-schema': 'JSON Schema of manifests',
    quotes: 'Costs of uses, without making them',
  },
  terms: {
    appId: { description: 'Id of the app', example: 'app_01jzx0000000000000000000ab' },
    modelId: { description: 'Id of the offer of the model', example: 'mod_01jzx0000000000000000000ab' },
    subscriptionId: { description: 'Id of the subscription', example: 'sbn_01jzx0000000000000000000ab' },
    partyId: { description: 'Id of the subscribed party', example: 'sub_01jzx0000000000000000000ab' },
    developerId: { description: 'Id of the developer', example: 'org_01jzx0000000000000000000ab' },
    providerId: { description: 'Id of the provider', example: 'org_01jzx0000000000000000000cd' },
    planId: { description: 'Id of the plan in the manifest', example: 'basic' },
    version: { description: 'Number of the version', example: 1 },
    priceVersion: { description: 'Version of the prices', example: 1 },
    slug: { description: 'Name of the app in addresses and reports', example: 'tea-shop' },
    name: { description: 'Name', example: 'assistant' },
    endpoint: { description: 'Address for forwarded requests', example: 'https://small-1.example/v1' },
    region: { description: 'Region of the data centre', example: 'Hainan' },
    description: { description: 'Description, for people', example: 'Recommends teas.' },
    meter: { description: 'Name of the meter', example: 'output_tokens' },
    unit: { description: 'Unit of the meter', example: 'token' },
    unitPrice: { description: 'µAIT per unit (or per started package), as a decimal string', example: '2.5' },
    monthlyFee: { description: 'µAIT per month', example: '5000000' },
    minimumCharge: { description: 'µAIT that the uses of a month come to at least', example: '1000000' },
    maximumCharge: { description: 'µAIT that the uses of a month come to at most', example: '90000000' },
    includedUnits: { description: 'Units per month without a price; of a package, its size', example: '1000' },
    trialDays: { description: 'Days without a charge', example: 14 },
    operatorBps: { description: "Operator's share, in basis points", example: 500 },
    id: { description: 'Id of the plan', example: 'basic' },
    scopes: { description: 'Scopes that the app asks of its subscribers', example: ['wallet:balances:read'] },
    dataUse: { description: 'Uses of personal data', example: ['recommendations'] },
    models: { description: 'Names of the models used', example: ['small-1'] },
    faults: {
      description: 'Faults of the manifest',
      example: [
        {
          code: 'APP_REGISTRY.METER_PRICED_TWICE',
          pointer: '/plans/0/prices/1/meter',
          detail: 'has a price in this plan already',
        },
      ],
    },
    reasons: { description: 'Reasons of the rejection', example: ['the endpoint does not answer'] },
    createdAt: { description: 'Time of the request', example: then },
    draftedAt: { description: 'Time of the draft', example: then },
    effectiveFrom: { description: 'Time from which it is in force', example: then },
    from: { description: 'Start of the subscription', example: then },
    until: { description: 'End of the subscription; null while it is active', example: null },
  },
};
