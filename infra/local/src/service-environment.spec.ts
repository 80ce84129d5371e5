import { describe, expect, it } from '@jest/globals';
import { serviceEnvironment } from './service-environment.ts';

const surroundings = {
  base: { PATH: '/bin', LOG_FORMAT: 'json' },
  secrets: {
    operatorApiKey: 'tg_operator_x',
    postgresPassword: 'p',
    identityMasterKey: 'm',
    inputHashKey: 'i',
    gatewayMasterKey: 'g',
    paymentWebhookSecret: 'w',
    receiptSigningKey: 'r',
  },
  kafkaBrokers: ['a:1', 'b:2'],
  replicationFactor: 3,
  postgres: { wallet: 'postgres://w', identity: 'postgres://i', 'identity-keys': 'postgres://k' },
};

describe("a service's environment", () => {
  it('says where everything is', () => {
    expect(serviceEnvironment('wallet', surroundings)).toEqual({
      PATH: '/bin',
      LOG_FORMAT: 'json',
      DATABASE_URL: 'postgres://w',
      DRAIN_MS: '300',
      KAFKA_BROKERS: 'a:1,b:2',
      KAFKA_REPLICATION_FACTOR: '3',
      OPERATOR_API_KEY: 'tg_operator_x',
      INPUT_HASH_KEY: 'i',
      RECEIPT_SIGNING_KEY: 'r',
    });
  });

  it('opens the key store to identity only', () => {
    expect(serviceEnvironment('identity', surroundings)).toMatchObject({
      IDENTITY_KEYS_DATABASE_URL: 'postgres://k',
      IDENTITY_MASTER_KEY: 'm',
    });
  });

  it('gives identity alone the folder for mails', () => {
    const withMails = { ...surroundings, mailOutbox: '/home/mails' };
    expect(serviceEnvironment('identity', withMails)).toMatchObject({ MAIL_OUTBOX_DIRECTORY: '/home/mails' });
    expect(Object.keys(serviceEnvironment('wallet', withMails))).not.toContain('MAIL_OUTBOX_DIRECTORY');
  });

  it("has the gateway's master key for the gateway only", () => {
    expect(serviceEnvironment('gateway', surroundings)).toMatchObject({ GATEWAY_MASTER_KEY: 'g' });
    expect(Object.keys(serviceEnvironment('metering', surroundings))).not.toContain('GATEWAY_MASTER_KEY');
  });

  it('names the payment sandbox to the wallet only, where it runs', () => {
    const withSandbox = { ...surroundings, paymentSandboxUrl: 'http://127.0.0.1:8090' };
    const told = { PAYMENT_PROVIDER_URL: 'http://127.0.0.1:8090', PAYMENT_WEBHOOK_SECRET: 'w' };
    expect(serviceEnvironment('wallet', withSandbox)).toMatchObject(told);
    expect(Object.keys(serviceEnvironment('metering', withSandbox))).not.toContain('PAYMENT_PROVIDER_URL');
  });

  it('allows the model servers of development as endpoints, to those who use endpoints', () => {
    const servers = ['http://127.0.0.1:8091', 'http://127.0.0.1:8092'];
    const withServers = { ...surroundings, modelServerUrls: servers };
    for (const service of ['app-registry', 'gateway'])
      expect(serviceEnvironment(service, withServers)).toMatchObject({ ALLOWED_ENDPOINTS: servers.join(',') });
    expect(Object.keys(serviceEnvironment('wallet', withServers))).not.toContain('ALLOWED_ENDPOINTS');
    expect(Object.keys(serviceEnvironment('gateway', surroundings))).not.toContain('ALLOWED_ENDPOINTS');
  });

  it('leaves secrets that are set as they are', () => {
    const base = { OPERATOR_API_KEY: 'mine', INPUT_HASH_KEY: 'h', IDENTITY_MASTER_KEY: 'k', RECEIPT_SIGNING_KEY: 's' };
    expect(serviceEnvironment('identity', { ...surroundings, base })).toMatchObject(base);
    expect(serviceEnvironment('wallet', { ...surroundings, base })).toMatchObject(base);
    expect(Object.keys(serviceEnvironment('metering', surroundings))).not.toContain('RECEIPT_SIGNING_KEY');
  });
});
