import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installed, pythonEnvironment } from '../python/python-program.ts';
import { root } from '../root.ts';
import { runProgram } from '../run-program.ts';

const validator = {
  name: 'focus-validator',
  requirements: 'tools/checks/src/documentation/focus-requirements.txt',
};
const examples = join(root, 'docs/examples');

/** Changes that break the export, each with the rule that must notice. */
const broken = [
  { change: (csv: string) => csv.replace(',Usage-Based,', ',Sometimes,'), rule: 'ChargeFrequency_Enum' },
  { change: (csv: string) => csv.replaceAll(',CNY,', ',YUAN,'), rule: 'BillingCurrency_IsCurrencyCode' },
  { change: (csv: string) => csv.replace(',2026-02-01T00:00:00Z,', ',,'), rule: 'BillingPeriodEnd_NotNull' },
  { change: (csv: string) => csv.replace(',EffectiveCost,', ',Cost,'), rule: 'EffectiveCost_Required' },
];

/**
 * Runs focus-validator on the exported charges in `docs/examples`, intact and broken. Faults are a
 * sentence each.
 * @throws NotHere without a Python with venv, or a source for the validator
 */
export async function focusFaults(signal: AbortSignal): Promise<readonly string[]> {
  const programs = await installed(validator, signal);
  const csv = readFileSync(join(examples, 'focus.csv'), 'utf8');
  const faults: string[] = [];
  const intact = await validate(programs, csv, signal);
  if (!intact.includes('Validation succeeded.')) faults.push(`focus-validator rejects the export: ${intact.trim()}`);
  for (const { change, rule } of broken) {
    const said = await validate(programs, change(csv), signal);
    if (!said.includes(`${rule} failed`)) faults.push(`focus-validator accepts an export that breaks ${rule}`);
  }
  return faults;
}

async function validate(programs: string, csv: string, signal: AbortSignal): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tokengrid-focus-'));
  try {
    const file = join(folder, 'focus.csv');
    writeFileSync(file, csv);
    const overrides = join(examples, 'focus-overrides.yaml');
    const args = ['--data-file', file, '--override-file', overrides, '--validate-version', '1.0'];
    const { output } = await runProgram(join(programs, validator.name), args, {
      ...{ cwd: packagesOf(programs), env: pythonEnvironment, output: 'kept', signal },
    });
    return output;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Folder of the installed packages, in which the validator looks for its list of currencies. */
function packagesOf(programs: string): string {
  const lib = join(programs, '../lib');
  const [python = ''] = readdirSync(lib);
  return join(lib, python, 'site-packages');
}
