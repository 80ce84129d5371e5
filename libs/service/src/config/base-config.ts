import { z } from 'zod';
import { addresses, port, postgresUrl, secret, secrets, timeZone, wholeNumber } from './settings.ts';

const minuteMs = 60_000;

/**
 * What every service is configured by; a service's own config extends it, and gives `port` its default. Each setting is read from
 * the environment variable of its name ({@link variableOf}); descriptions are what `--help` prints.
 */
export const baseConfig = z.object({
  host: z.string().default('127.0.0.1').describe('address to listen on'),
  port: port().describe('port to listen on'),
  databaseUrl: postgresUrl().describe("the service's own Postgres database"),
  publicUrl: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .optional()
    .describe('where callers reach the service, for its OpenAPI document; the address that serves it, unless set'),
  basePath: z
    .string()
    .regex(/^(\/[\w.~-]+)*$/, 'must be a path such as /wallet, without a slash at its end')
    .default('')
    .describe('path before /v1 that a proxy takes away, for all paths that callers are told'),
  kafkaBrokers: addresses().describe('Kafka brokers to begin with'),
  kafkaReplicationFactor: wholeNumber(1, 9).default(1).describe('replicas of a topic that is created'),
  lanes: wholeNumber(1, 1024).default(6).describe('partitions of a topic that is created; fixed for ever then'),
  operatorApiKey: secret(8).describe("the operator's bootstrap key"),
  operatorTimeZone: timeZone()
    .default('UTC')
    .describe("IANA name of the time zone whose days and months are the operator's; the same for all services"),
  inputHashKey: secret(16).describe('key of the input hashes; the same for ever and for all instances'),
  eventSealKeys: secrets(16)
    .optional()
    .describe('seal events, the first key; believe those sealed by any; the same for all services of an installation'),
  serviceInstance: z.string().default('1').describe('names this process in logs and to Kafka'),
  logLevel: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('least level logged'),
  logFormat: z.enum(['pretty', 'json']).optional().describe('pretty on a terminal, json elsewhere, unless set'),
  answerTimeoutMs: wholeNumber(1, 10 * minuteMs)
    .default(5000)
    .describe('wait for both stores before 202'),
  maxWaitingCommands: wholeNumber(1, 1_000_000).default(10_000).describe('commands waiting before 503'),
  bodyLimitBytes: wholeNumber(1024, 2 ** 30)
    .default(2 ** 20)
    .describe('largest body'),
  batchBodyLimitBytes: wholeNumber(1024, 2 ** 30)
    .default(8 * 2 ** 20)
    .describe('largest body of a batch'),
  requestTimeoutMs: wholeNumber(1, 10 * minuteMs)
    .default(minuteMs)
    .describe('time that a request may take to arrive'),
  apiKeyCacheMs: wholeNumber(0, 1000).default(250).describe('a good API key is taken this long without another look'),
  apiKeyCacheEntries: wholeNumber(1, 10_000_000).default(50_000).describe('API keys remembered at most'),
  databasePoolConnections: wholeNumber(2, 1000).default(16).describe('connections to Postgres'),
  databaseConnectTimeoutMs: wholeNumber(1, minuteMs).default(2000).describe('wait for a connection to Postgres'),
  databaseQueryTimeoutMs: wholeNumber(1, 10 * minuteMs)
    .default(3500)
    .describe('wait for an answer of Postgres; a statement may take half a second less. With the wait above below 6 s'),
  maxClockSkewMs: wholeNumber(100, 10 * minuteMs)
    .default(2000)
    .describe("how far this process' clock may be off Postgres' before it serves no commands"),
  startTimeoutMs: wholeNumber(1, 60 * minuteMs)
    .default(2 * minuteMs)
    .describe('wait for Postgres and Kafka at start'),
  readinessTimeoutMs: wholeNumber(1, minuteMs).default(1000).describe('wait for Postgres and Kafka in /health/ready'),
  drainMs: wholeNumber(0, 10 * minuteMs)
    .default(5000)
    .describe('serve on, unready, before closing at shutdown: time for load balancers to turn away'),
  shutdownTimeoutMs: wholeNumber(1, 10 * minuteMs)
    .default(10_000)
    .describe('wait for running requests at shutdown'),
});

/** The settings that every service has. */
export type BaseConfig = z.output<typeof baseConfig>;

/** A config schema of a service: {@link baseConfig}, extended. */
export type ConfigSchema<Config extends BaseConfig = BaseConfig> = z.ZodObject<z.ZodRawShape> & z.ZodType<Config>;
