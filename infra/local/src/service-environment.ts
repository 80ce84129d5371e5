import type { Secrets } from './secrets.ts';
import { identityKeys } from './services.ts';

/** Facts about its stack that a service needs. */
export interface ServiceSurroundings {
  /** Environment of this process and of the caller; a secret that is set in it wins. */
  readonly base: NodeJS.ProcessEnv;
  readonly secrets: Secrets;
  readonly kafkaBrokers: readonly string[];
  /** Replicas of new topics; undefined leaves it to the service, on a foreign Kafka. */
  readonly replicationFactor: number | undefined;
  /** Database URLs by owner. */
  readonly postgres: Readonly<Record<string, string>>;
  /** Address of the payment sandbox, if it runs. */
  readonly paymentSandboxUrl?: string | undefined;
  /** Addresses of the model servers for development: endpoints that are no public ones. */
  readonly modelServerUrls?: readonly string[] | undefined;
  /** Folder for mails, in place of a gateway. */
  readonly mailOutbox?: string | undefined;
}

/** Environment of every instance of a service, without its port and number. */
export function serviceEnvironment(service: string, surroundings: ServiceSurroundings): NodeJS.ProcessEnv {
  const { base, secrets, kafkaBrokers, replicationFactor, postgres } = surroundings;
  const env: NodeJS.ProcessEnv = {
    ...base,
    DATABASE_URL: postgres[service],
    KAFKA_BROKERS: kafkaBrokers.join(','),
    OPERATOR_API_KEY: operatorApiKey(base, secrets),
    INPUT_HASH_KEY: base['INPUT_HASH_KEY'] || secrets.inputHashKey,
    // No load balancer has to notice: long enough for open connections to drain.
    DRAIN_MS: base['DRAIN_MS'] || '300',
    EVENT_SEAL_KEYS: eventSealKeys(base, secrets),
    LOG_FORMAT: base['LOG_FORMAT'] || (process.stdout.isTTY ? 'pretty' : 'json'),
  };
  if (replicationFactor !== undefined) env['KAFKA_REPLICATION_FACTOR'] = String(replicationFactor);
  if (service === 'identity') {
    env['IDENTITY_KEYS_DATABASE_URL'] = postgres[identityKeys];
    env['IDENTITY_MASTER_KEY'] = base['IDENTITY_MASTER_KEY'] || secrets.identityMasterKey;
    const mails = base['MAIL_OUTBOX_DIRECTORY'] || surroundings.mailOutbox;
    if (mails) env['MAIL_OUTBOX_DIRECTORY'] = mails;
  }
  if (service === 'gateway') env['GATEWAY_MASTER_KEY'] = base['GATEWAY_MASTER_KEY'] || secrets.gatewayMasterKey;
  if (service === 'wallet') env['RECEIPT_SIGNING_KEY'] = base['RECEIPT_SIGNING_KEY'] || secrets.receiptSigningKey;
  if (service === 'wallet' && surroundings.paymentSandboxUrl !== undefined) {
    env['PAYMENT_PROVIDER_URL'] = surroundings.paymentSandboxUrl;
    env['PAYMENT_WEBHOOK_SECRET'] = secrets.paymentWebhookSecret;
  }
  if (service === 'app-registry' || service === 'gateway') {
    const allowed = base['ALLOWED_ENDPOINTS'] || surroundings.modelServerUrls?.join(',');
    if (allowed) env['ALLOWED_ENDPOINTS'] = allowed;
  }
  return env;
}

/** The operator's bootstrap key: from the environment, else from the home. */
export function operatorApiKey(env: NodeJS.ProcessEnv, secrets: Secrets): string {
  return env['OPERATOR_API_KEY'] || secrets.operatorApiKey;
}

/** Keys that seal events: from the environment, else from the home, if it has one. */
export function eventSealKeys(env: NodeJS.ProcessEnv, secrets: Secrets): string | undefined {
  return env['EVENT_SEAL_KEYS'] || secrets.eventSealKey;
}
