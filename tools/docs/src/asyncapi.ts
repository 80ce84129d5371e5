import type { EventDeclaration } from '@tokengrid/contracts';
import type { DocumentedCatalogue } from './catalogues.ts';
import { envelopeSchema } from './envelope-schema.ts';
import { schemaId, schemaPath } from './json-schema.ts';

const reference = (path: string) => ({ $ref: `#/${path}` });
const camelCase = (name: string) => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
const fromEntries = <T, V>(items: readonly T[], entry: (item: T) => [string, V]) =>
  Object.fromEntries(items.map(entry));

/**
 * AsyncAPI 3.0 of all topics: a channel each, a message per event, and its sender.
 * @param shared events that every service may own: a message in every channel
 */
export function asyncApi(catalogues: readonly DocumentedCatalogue[], shared: readonly EventDeclaration[]): object {
  const services = catalogues.map(({ service }) => service);
  const messages = [
    ...catalogues.flatMap(({ service, events }) => events.map((event) => [event.type, message([service], event)])),
    ...shared.map((event) => [event.type, message(services, event)]),
  ];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Tokengrid',
      version: '0.1.0',
      description:
        'Every fact of the network, in order, for ever. One topic per service, keyed by stream; a partition is a lane, and `ce_sequence` is dense within it.',
    },
    defaultContentType: 'application/json',
    channels: fromEntries(catalogues, (catalogue) => [catalogue.service, channel(catalogue, shared)]),
    operations: fromEntries(catalogues, (catalogue) => [
      `send${camelCase(`-${catalogue.service}`)}Events`,
      {
        action: 'send',
        channel: reference(`channels/${catalogue.service}`),
        summary: `Only the ${catalogue.service} service's relay publishes here.`,
        messages: [...catalogue.events, ...shared].map(({ type }) =>
          reference(`channels/${catalogue.service}/messages/${type}`),
        ),
      },
    ]),
    components: { messages: Object.fromEntries(messages), schemas: { Envelope: envelopeSchema } },
  };
}

function channel({ service, topic, events }: DocumentedCatalogue, shared: readonly EventDeclaration[]): object {
  return {
    address: topic,
    title: service,
    messages: fromEntries([...events, ...shared], ({ type }) => [type, reference(`components/messages/${type}`)]),
    bindings: {
      kafka: { topicConfiguration: { 'cleanup.policy': ['delete'], 'retention.ms': -1 }, bindingVersion: '0.5.0' },
    },
  };
}

/** One value is a constant, several are a choice. */
const oneOf = (values: readonly string[]) => (values.length === 1 ? { const: values[0] } : { enum: values });

function message(services: readonly string[], event: EventDeclaration): object {
  const ofEach = (text: (service: string) => string) => oneOf(services.map(text));
  return {
    name: event.type,
    title: event.type,
    summary: event.sentence,
    contentType: 'application/json',
    headers: {
      allOf: [
        reference('components/schemas/Envelope'),
        {
          type: 'object',
          properties: {
            ce_source: ofEach((service) => `/tokengrid/${service}`),
            ce_type: ofEach((service) => `tokengrid.${service}.${event.type}.v${event.version}`),
            ce_dataschema: ofEach((service) => schemaId(service, event)),
          },
        },
      ],
    },
    // The schema's file has the golden sample as its example. An event of every service has the
    // same schema in each.
    payload: { $ref: `./${schemaPath(services[0]!, event)}` },
    bindings: {
      kafka: { key: { type: 'string', description: "the stream's id, as ce_subject" }, bindingVersion: '0.5.0' },
    },
  };
}
