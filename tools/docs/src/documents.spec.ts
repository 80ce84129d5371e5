import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { eventsOfEveryService, fieldMeanings, meaningKey, type JsonSchema } from '@tokengrid/contracts';
import { asyncApi } from './asyncapi.ts';
import { catalogues } from './catalogues.ts';
import { eventsPage } from './events-page.ts';
import { jsonSchemaOf, schemaFile } from './json-schema.ts';
import { root } from './root.ts';
import { sampleOf } from './samples.ts';

/** Every `$ref` in a document. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === '$ref' ? [String(inner)] : references(inner)));
}

function resolve(document: unknown, reference: string): unknown {
  return reference
    .slice(2)
    .split('/')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document);
}

describe('the AsyncAPI document', () => {
  const document = asyncApi(catalogues, eventsOfEveryService) as {
    asyncapi: string;
    channels: Record<string, { address: string; messages: object }>;
    operations: Record<string, { action: string; messages: readonly object[] }>;
    components: { messages: Record<string, { payload: object; headers: object }> };
  };

  it('is of version 3, with a channel and a sender per topic', () => {
    expect(document.asyncapi).toBe('3.0.0');
    expect(Object.values(document.channels).map(({ address }) => address)).toEqual(
      catalogues.map(({ topic }) => topic),
    );
    expect(Object.values(document.operations).map(({ action }) => action)).toEqual(catalogues.map(() => 'send'));
  });

  it('has a message for every event, and only references that lead somewhere', () => {
    const types = [...catalogues.flatMap(({ events }) => events), ...eventsOfEveryService].map(({ type }) => type);
    expect(Object.keys(document.components.messages)).toEqual(types);
    const inside = references(document).filter((reference) => reference.startsWith('#'));
    expect(inside.filter((reference) => resolve(document, reference) === undefined)).toEqual([]);
    const files = references(document).filter((reference) => !reference.startsWith('#'));
    expect(files).toHaveLength(types.length);
    expect(files.filter((path) => !existsSync(join(root, 'docs', path)))).toEqual([]);
  });

  it('has what every service may own in every channel, and from every service', () => {
    for (const { service } of catalogues) {
      expect(document.channels[service]!.messages).toHaveProperty('EventSkipped');
      const sent = Object.values(document.operations).find(({ messages }) =>
        references(messages).includes(`#/channels/${service}/messages/EventSkipped`),
      );
      expect(sent).toBeDefined();
      const headers = JSON.stringify(document.components.messages['EventSkipped']!.headers);
      expect(headers).toContain(`"tokengrid.${service}.EventSkipped.v1"`);
      expect(headers).toContain(`"urn:tokengrid:schema:${service}:EventSkipped:v1"`);
    }
  });
});

describe('the catalogue of events', () => {
  const page = eventsPage(catalogues, eventsOfEveryService, [
    { service: 'wallet', from: 'identity', event: 'PartySuspended', kind: 'policy', name: 'when-suspended-stop' },
  ]);

  it('has a heading, a sentence and a version for every event', () => {
    for (const { service, events } of catalogues) {
      for (const { type, sentence, version } of events) {
        expect(page).toContain(`### ${type}\n\n${sentence}\n\n- version ${version}, \`tokengrid.${service}.${type}.v`);
      }
    }
  });

  it('has a part for what every service may own, with its schema in each', () => {
    expect(page).toContain('## every service\n\nIn any of the topics.\n\n### EventSkipped\n\n');
    for (const { service } of catalogues) expect(page).toContain(`(schemas/${service}/EventSkipped.v1.json)`);
    expect(page).toContain("| `because` | string | reason, in the operator's words; 1 to 500 characters |");
  });

  it('says who listens, and who does not', () => {
    expect(page).toContain('- who listens:\n  - wallet: policy `when-suspended-stop`');
    expect(page).toContain('- who listens: nobody outside its own projections');
  });

  it('lists fields with their types, inner ones by their path', () => {
    expect(page).toContain('| `lot.source` | `purchase`, `plan`, `voucher`,');
    expect(page).toContain(
      '| `memo` (optional) | string | memo from the sender for the receiver; 1 to 140 characters |',
    );
    expect(page).toContain(
      '| `postings[].amount` | string | amount added to the account; negative: taken from it; a sum of whole amounts with a sign, as a decimal string, of up to 38 digits |',
    );
    expect(page).toContain(
      '| `partyId` | id of a party: `org_…`, `sub_…` or `operator` | party that the event is about',
    );
  });
});

describe('a schema', () => {
  it('stands alone, is named as events name it, and takes fields that a later release adds', () => {
    const wallet = catalogues.find(({ service }) => service === 'wallet')!;
    const opened = wallet.events.find(({ type }) => type === 'WalletOpened')!;
    expect(schemaFile('wallet', opened, sampleOf('wallet', opened))).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'urn:tokengrid:schema:wallet:WalletOpened:v1',
      title: 'WalletOpened',
      required: ['walletId', 'partyId', 'partyKind'],
      examples: [{ partyKind: 'subscriber' }],
    });
    expect(schemaFile('wallet', opened, {})).not.toHaveProperty('additionalProperties');
  });
});

describe('fields', () => {
  const events = [...catalogues.flatMap((each) => each.events), ...eventsOfEveryService];

  /** Every field of a schema, by its path, at any depth. */
  function fieldsOf(schema: JsonSchema, path: string): [path: string, field: JsonSchema][] {
    const { properties = {}, items, anyOf = [], oneOf = [], additionalProperties } = schema;
    return [
      ...Object.entries(properties).flatMap(([name, field]): [string, JsonSchema][] => {
        const here = path === '' ? name : `${path}.${name}`;
        return [[here, field], ...fieldsOf(field, here)];
      }),
      ...(items ? fieldsOf(items, `${path}[]`) : []),
      ...(typeof additionalProperties === 'object' ? fieldsOf(additionalProperties, `${path}{}`) : []),
      ...[...anyOf, ...oneOf].flatMap((each) => fieldsOf(each, path)),
    ];
  }
  const fields = events.flatMap((event) =>
    fieldsOf(jsonSchemaOf(event), '').map(([path, field]) => ({ type: event.type, path, field })),
  );

  it('have a meaning, each of them, in every event', () => {
    const without = fields.filter(({ type, path }) => meaningKey(type, path) === undefined);
    expect(without.map(({ type, path }) => `${type}.${path}`)).toEqual([]);
    expect(fields.filter(({ field }) => !field.description)).toEqual([]);
  });

  it('leave no meaning over', () => {
    const used = new Set(fields.map(({ type, path }) => meaningKey(type, path)));
    expect(Object.keys(fieldMeanings).filter((key) => !used.has(key))).toEqual([]);
  });
});
