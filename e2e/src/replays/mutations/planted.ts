/** Name of the mistake that a service has; no mistake if it is not set. */
const plantedVariable = 'PLANTED_MISTAKE';

/** Environment of services with a mistake, by its name. */
export const plantedEnvironment = (name: string): Readonly<Record<string, string>> => ({
  [plantedVariable]: name,
  NODE_OPTIONS: `--import=${new URL('./preload.js', import.meta.url).href}`,
});

/** The mistake that this process is to have, if any. */
export const plantedName = (): string | undefined => process.env[plantedVariable];
