import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { contractFaults, declaredContracts, release, releasedContracts } from './contracts/released.ts';
import { root } from './root.ts';

/** `npm run contracts:release`: promises the declared contracts. `npm run docs` comes before it. */
const released = existsSync(join(root, 'docs', 'contracts.lock.json')) ? releasedContracts() : {};
const declared = declaredContracts();
const faults = contractFaults(released, declared);
if (faults.length > 0) {
  for (const fault of faults) console.error(fault);
  console.error('\nNothing was released: an event in a log has to stay readable.');
  process.exitCode = 1;
} else {
  console.log(`docs/contracts.lock.json promises ${release(released, declared)} versions of events`);
}
