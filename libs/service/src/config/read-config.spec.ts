import { describe, expect, it } from '@jest/globals';
import { baseConfig } from './base-config.ts';
import { configHelp, InvalidConfig, readConfig } from './read-config.ts';
import { port, variableOf, wholeNumber } from './settings.ts';

const schema = baseConfig.extend({
  port: port().default(8082).describe('port to listen on'),
  holdMaxSeconds: wholeNumber(1, 60).default(30).describe('longest hold'),
});

const environment = {
  DATABASE_URL: 'postgres://wallet:hush@127.0.0.1/wallet',
  KAFKA_BROKERS: '127.0.0.1:9092,broker-2:9093',
  OPERATOR_API_KEY: 'tg_operator_1',
  INPUT_HASH_KEY: '0123456789abcdef',
};

const complaint = (changed: Record<string, string | undefined>) => {
  try {
    readConfig(schema, { ...environment, ...changed });
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidConfig);
    return (error as Error).message;
  }
  return 'none';
};

describe('the config', () => {
  it('is read from the variables of its settings, with defaults', () => {
    expect(variableOf('answerTimeoutMs')).toBe('ANSWER_TIMEOUT_MS');
    const config = readConfig(schema, { ...environment, HOLD_MAX_SECONDS: '60', LOG_FORMAT: 'json', UNRELATED: 'x' });
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 8082,
      kafkaBrokers: ['127.0.0.1:9092', 'broker-2:9093'],
      holdMaxSeconds: 60,
      logFormat: 'json',
      answerTimeoutMs: 5000,
      operatorTimeZone: 'UTC',
      maxWaitingCommands: 10_000,
      bodyLimitBytes: 1_048_576,
      batchBodyLimitBytes: 8_388_608,
    });
    expect(config).not.toHaveProperty('unrelated');
  });

  it('knows a time zone by its IANA name, however it is written', () => {
    const zoned = readConfig(schema, { ...environment, OPERATOR_TIME_ZONE: 'asia/shanghai' });
    expect(zoned.operatorTimeZone).toBe('Asia/Shanghai');
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readConfig(schema, { ...environment, PORT: '' }).port).toBe(8082);
  });

  it.each([
    [{ PORT: 'abc' }, 'PORT is "abc", expected a whole number from 0 to 65535'],
    [{ PORT: '65536' }, 'PORT is "65536", expected a whole number from 0 to 65535'],
    [{ ANSWER_TIMEOUT_MS: '1.5' }, 'ANSWER_TIMEOUT_MS is "1.5", expected a whole number from 1 to 600000'],
    [{ ANSWER_TIMEOUT_MS: '-1' }, 'ANSWER_TIMEOUT_MS is "-1", expected a whole number from 1 to 600000'],
    [
      { OPERATOR_TIME_ZONE: '+08:00' },
      'OPERATOR_TIME_ZONE is "+08:00", expected the IANA name of a time zone, such as Asia/Shanghai',
    ],
    [
      { OPERATOR_TIME_ZONE: 'Asia/Nowhere' },
      'OPERATOR_TIME_ZONE is "Asia/Nowhere", expected the IANA name of a time zone, such as Asia/Shanghai',
    ],
    [{ LOG_FORMAT: 'xml' }, 'LOG_FORMAT is "xml", expected one of "pretty"|"json"'],
    [{ KAFKA_BROKERS: 'here' }, 'KAFKA_BROKERS is "here", expected host:port, or several separated by commas'],
    [{ KAFKA_BROKERS: undefined }, 'KAFKA_BROKERS is not set: addresses of the first Kafka brokers to connect to'],
    [
      { DATABASE_URL: 'mysql://root:hush@db' },
      'DATABASE_URL has another value, expected postgres://user:password@host:port/database',
    ],
    [{ OPERATOR_API_KEY: 'short' }, 'OPERATOR_API_KEY has another value, expected at least 8 characters'],
    [
      { PORT: 'x', HOLD_MAX_SECONDS: '61' },
      'PORT is "x", expected a whole number from 0 to 65535; HOLD_MAX_SECONDS is "61", expected a whole number from 1 to 60',
    ],
  ])('%j is refused in one line that names it, without secrets', (changed, message) => {
    expect(complaint(changed)).toBe(message);
  });

  it('is told by --help: every variable, its default, what it is for', () => {
    const lines = configHelp(schema).split('\n');
    expect(lines).toHaveLength(Object.keys(schema.shape).length);
    expect(lines.find((line) => line.includes('ANSWER_TIMEOUT_MS'))).toMatch(
      /^ {2}ANSWER_TIMEOUT_MS +5000 +time to wait for both stores before an answer 202$/,
    );
    expect(lines.find((line) => line.includes('DATABASE_URL'))).toMatch(
      / required +the service's own Postgres database$/,
    );
    expect(lines.find((line) => line.includes('HOLD_MAX_SECONDS'))).toMatch(/ 30 +longest hold$/);
  });
});
