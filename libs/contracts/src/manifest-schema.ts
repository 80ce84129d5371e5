import { z } from 'zod';
import { manifest } from './app-registry.ts';
import { type JsonSchema, withMeanings } from './json-schema.ts';

/** Manifests that every field appears in; they pass all checks that need no market. */
export const manifestExamples = [
  {
    endpoint: 'https://tea-shop.example/api',
    description: 'Recommends teas.',
    category: 'shopping',
    meters: [{ name: 'recommendations', unit: 'recommendation', aggregation: 'sum', reportedBy: 'developer' }],
    plans: [
      {
        id: 'basic',
        name: 'Basic',
        prices: [{ meter: 'recommendations', model: 'per-unit', unitPrice: '1500' }],
      },
    ],
    scopes: [],
    dataUse: [],
    revenueShare: { operatorBps: 500 },
  },
  {
    endpoint: 'https://timetable.example/v1',
    description: 'Answers questions about a timetable.',
    category: 'travel',
    meters: [
      { name: 'questions', unit: 'question', aggregation: 'count', reportedBy: 'developer' },
      { name: 'devices', unit: 'device', aggregation: 'unique', reportedBy: 'operator' },
    ],
    plans: [
      {
        id: 'team',
        name: 'Team',
        monthlyFee: '5000000',
        seatFee: '250000',
        minimumCharge: '1000000',
        maximumCharge: '90000000',
        trialDays: 14,
        prices: [
          { meter: 'questions', model: 'package', unitPrice: '9000', includedUnits: '10' },
          {
            meter: 'output_tokens',
            model: 'graduated',
            tiers: [
              { upTo: '1000000', unitPrice: '12.5' },
              { upTo: null, unitPrice: '10' },
            ],
            includedUnits: '50000',
          },
          { meter: 'devices', model: 'per-unit', unitPrice: '200000' },
        ],
      },
    ],
    scopes: ['wallet:balances:read'],
    dataUse: ['the balance, to warn before a question costs too much'],
    models: ['qwen-72b'],
    subsidised: true,
    revenueShare: { operatorBps: 1000 },
  },
] as const;

/**
 * JSON Schema (2020-12) of a manifest in JSON or YAML, for editors and for checks before it is
 * sent. Rules between fields, which a schema can't state, are in the app registry's README.
 */
export function manifestSchema(): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(manifest, { io: 'input', target: 'draft-2020-12' });
  const head = {
    $schema,
    $id: 'urn:tokengrid:schema:manifest',
    title: 'Manifest',
    description: "Manifest of an app's version: what `POST /v1/apps/{appId}/versions` takes.",
  };
  return {
    ...head,
    ...withExampleLists(withMeanings(schema as JsonSchema, 'manifest', '')),
    examples: manifestExamples,
  };
}

/** A single `example` is OpenAPI's form; JSON Schema has a list. */
function withExampleLists<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(withExampleLists) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] =>
    key === 'example' ? ['examples', [inner]] : [key, withExampleLists(inner)],
  );
  return Object.fromEntries(entries) as Value;
}
