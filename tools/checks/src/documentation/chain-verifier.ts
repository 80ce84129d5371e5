import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.ts';
import { NotHere } from '../step.ts';

const examples = join(root, 'docs/examples');

/**
 * Runs the verifier of `docs/events.md` on the chain beside it, intact and broken. Faults are a
 * sentence each.
 * @throws NotHere without Python
 */
export function verifierFaults(): readonly string[] {
  const chain = readFileSync(join(examples, 'chain.jsonl'), 'utf8');
  const lines = chain.trimEnd().split('\n');
  const changed = chain.replace('subscriber', 'developer');
  const gap = [...lines.slice(0, 1), ...lines.slice(2), ''].join('\n');
  const cases = [
    { name: 'a whole chain', input: chain, says: `${lines.length} events, whole, up to ` },
    { name: 'a chain with a changed value', input: changed, says: 'wallet/0/1 has been changed' },
    { name: 'a chain with a gap', input: gap, says: 'wallet/0/3 does not follow event 1' },
  ];
  return cases.flatMap(({ name, input, says }) => {
    const { error, stdout, stderr } = spawnSync('python3', [join(examples, 'verify_chain.py')], {
      input,
      encoding: 'utf8',
    });
    if (error) throw new NotHere('python3 is missing; .ci/run installs it');
    const said = stdout + stderr;
    return said.startsWith(says) ? [] : [`docs/examples/verify_chain.py says of ${name}: ${said.trim()}`];
  });
}
