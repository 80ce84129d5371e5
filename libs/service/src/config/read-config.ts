import { z } from 'zod';
import type { BaseConfig, ConfigSchema } from './base-config.ts';
import { variableOf } from './settings.ts';

/**
 * Environment that does not fit a service's config. The message is one line that names each
 * variable.
 */
export class InvalidConfig extends Error {
  override readonly name = 'InvalidConfig';
}

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a config from the environment. An empty variable counts as not set.
 * @throws InvalidConfig with the variable, its value (never a secret's) and the expected form
 */
export function readConfig<Config extends BaseConfig>(
  schema: ConfigSchema<Config>,
  environment: Environment = process.env,
): Config {
  const given: Record<string, string> = {};
  for (const setting of Object.keys(schema.shape)) {
    const value = environment[variableOf(setting)];
    if (value !== undefined && value !== '') given[setting] = value;
  }
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => complaint(schema, String(issue.path[0]), issue.message, given));
  throw new InvalidConfig(problems.join('; '));
}

function complaint(
  schema: ConfigSchema,
  setting: string,
  message: string,
  given: Readonly<Record<string, string>>,
): string {
  const field = schema.shape[setting] as z.ZodType;
  const value = given[setting];
  if (value === undefined) return `${variableOf(setting)} is not set: ${descriptionOf(field)}`;
  const was = isSecret(field) ? 'has another value' : `is ${JSON.stringify(value)}`;
  return `${variableOf(setting)} ${was}, expected ${message.replace(/^Invalid (option|input): expected /, '')}`;
}

/** Text of `--help`: each variable, its default and its purpose. */
export function configHelp(schema: ConfigSchema): string {
  const lines = Object.entries(schema.shape).map(([setting, type]) => {
    const field = type as z.ZodType;
    return [variableOf(setting), defaultOf(field), descriptionOf(field)] as const;
  });
  const [names, defaults] = [0, 1].map((column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map(([name, value, description]) => `  ${name.padEnd(names!)}  ${value.padEnd(defaults!)}  ${description}`)
    .join('\n');
}

function descriptionOf(field: z.ZodType): string {
  return field.description ?? '';
}

function isSecret(field: z.ZodType): boolean {
  return field.meta()?.['secret'] === true;
}

function defaultOf(field: z.ZodType): string {
  if (field instanceof z.ZodDefault) return String(field.def.defaultValue);
  return field instanceof z.ZodOptional ? '' : 'required';
}
