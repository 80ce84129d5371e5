import type { Type } from '@nestjs/common';
import type { BaseConfig, ConfigSchema } from '../config/base-config.ts';
import { operatorApiKey } from './tested-service.ts';

/** Parts needed to run a service. */
export interface Testable<Config extends BaseConfig = BaseConfig> {
  /** `app-registry`. */
  readonly name: string;
  readonly module: Type;
  readonly config: ConfigSchema<Config>;
}

/** Settings on top of those of specs, as environment variables. */
export type SomeSettings = Readonly<Record<string, string>>;

/** The database of a service: its name, as SQL likes it. */
export const databaseOf = (service: string): string => service.replaceAll('-', '_');

/** Settings of every service in specs, beside the addresses of its servers. */
export const settingsOfSpecs: SomeSettings = {
  PORT: '0',
  OPERATOR_API_KEY: operatorApiKey,
  INPUT_HASH_KEY: 'input-hash-key-of-specs',
  DRAIN_MS: '0',
  LOG_LEVEL: 'error',
};
