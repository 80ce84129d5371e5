import { z } from 'zod';
import { addresses, port, postgresUrl, ratio, secret, secrets, timeZone, wholeNumber } from './settings.ts';

const minuteMs = 60_000;

/**
 * Settings of every service; a service's own config extends them and gives `port` a default. Each
 * setting is read from the environment variable of its name ({@link variableOf}); `--help` prints
 * the descriptions.
 */
export const baseConfig = z.object({
  host: z.string().default('127.0.0.1').describe('address to listen on'),
  port: port().describe('port to listen on'),
  databaseUrl: postgresUrl().describe("the service's own Postgres database"),
  publicUrl: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .optional()
    .describe('public URL of the service in its OpenAPI document; by default the address that serves the document'),
  basePath: z
    .string()
    .regex(/^(\/[\w.~-]+)*$/, 'must be a path such as /wallet, without a slash at its end')
    .default('')
    .describe('path prefix before /v1 that a proxy removes; included in every path told to callers'),
  kafkaBrokers: addresses().describe('addresses of the first Kafka brokers to connect to'),
  kafkaReplicationFactor: wholeNumber(1, 9).default(1).describe('replicas of a new topic'),
  lanes: wholeNumber(1, 1024).default(6).describe("partitions of a new topic; can't be changed later"),
  operatorApiKey: secret(8).describe("the operator's bootstrap key"),
  operatorTimeZone: timeZone()
    .default('UTC')
    .describe("IANA time zone of the operator's days and months; the same for all services"),
  inputHashKey: secret(16).describe('key of the input hashes; the same for all instances, for ever'),
  eventSealKeys: secrets(16)
    .optional()
    .describe(
      'keys that seal events: the first one seals, all of them are accepted; the same for all services of an installation',
    ),
  serviceInstance: z.string().default('1').describe('name of this process in logs and for Kafka'),
  logLevel: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('lowest level logged'),
  logFormat: z
    .enum(['pretty', 'json'])
    .optional()
    .describe('pretty or json; by default pretty on a terminal, json elsewhere'),
  otelExporterOtlpEndpoint: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .optional()
    .describe('address of an OpenTelemetry collector that gets traces by OTLP over HTTP; by default there are none'),
  otelTracesExporter: z
    .enum(['otlp', 'none'])
    .optional()
    .describe('otlp: traces, to a collector of this machine where no address is set; none: no traces'),
  otelTracesSamplerArg: ratio()
    .default(1)
    .describe('share of new traces that are recorded, from 0 to 1; a caller that sends traceparent decides itself'),
  answerTimeoutMs: wholeNumber(1, 10 * minuteMs)
    .default(5000)
    .describe('time to wait for both stores before an answer 202'),
  maxWaitingCommands: wholeNumber(1, 1_000_000)
    .default(10_000)
    .describe('maximum number of waiting commands; more are answered 503'),
  bodyLimitBytes: wholeNumber(1024, 2 ** 30)
    .default(2 ** 20)
    .describe('largest body'),
  batchBodyLimitBytes: wholeNumber(1024, 2 ** 30)
    .default(8 * 2 ** 20)
    .describe('maximum size of a batch'),
  requestTimeoutMs: wholeNumber(1, 10 * minuteMs)
    .default(minuteMs)
    .describe('time limit for a request to arrive'),
  apiKeyCacheMs: wholeNumber(0, 1000).default(250).describe('time for which a valid API key is cached'),
  apiKeyCacheEntries: wholeNumber(1, 10_000_000).default(50_000).describe('maximum number of cached API keys'),
  databasePoolConnections: wholeNumber(2, 1000).default(16).describe('maximum number of connections to Postgres'),
  databaseConnectTimeoutMs: wholeNumber(1, minuteMs).default(2000).describe('time limit for a connection to Postgres'),
  databaseQueryTimeoutMs: wholeNumber(1, 10 * minuteMs)
    .default(3500)
    .describe(
      'time limit for an answer of Postgres; half a second less for a statement. Keep the sum with the limit above below 6 s',
    ),
  maxClockSkewMs: wholeNumber(100, 10 * minuteMs)
    .default(2000)
    .describe("maximum offset of this process' clock from Postgres'; beyond it no commands are served"),
  startTimeoutMs: wholeNumber(1, 60 * minuteMs)
    .default(2 * minuteMs)
    .describe('time limit for Postgres and Kafka at start'),
  readinessTimeoutMs: wholeNumber(1, minuteMs)
    .default(1000)
    .describe('time limit for Postgres and Kafka in /health/ready'),
  drainMs: wholeNumber(0, 10 * minuteMs)
    .default(5000)
    .describe('time of serving on, unready, before closing at shutdown: load balancers turn away meanwhile'),
  shutdownTimeoutMs: wholeNumber(1, 10 * minuteMs)
    .default(10_000)
    .describe('time limit for running requests at shutdown'),
});

/** Values of the settings that every service has. */
export type BaseConfig = z.output<typeof baseConfig>;

/** Config schema of a service: {@link baseConfig}, extended. */
export type ConfigSchema<Config extends BaseConfig = BaseConfig> = z.ZodObject<z.ZodRawShape> & z.ZodType<Config>;
