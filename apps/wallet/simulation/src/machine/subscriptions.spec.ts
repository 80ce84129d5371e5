import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from '@jest/globals';
import { repository } from '@tokengrid/simulation-kit';
import { policies } from './subscriptions.ts';

/** A policy whose charges depend on earlier events of a use, which are looked up in a database. */
const oneByOne = ['when-tokens-came-charge-wallet'];

it('processes of the simulation run every policy of the wallet', () => {
  const files = globSync('when-*.ts', { cwd: join(repository, 'apps/wallet/src/policies') });
  const named = files.filter((path) => !path.endsWith('.spec.ts')).map((path) => basename(path, '.ts'));
  const simulated = policies.map(({ name }) => name).filter((name) => name !== 'payment-requests');
  expect([...simulated, ...oneByOne].sort()).toEqual(named.sort());
});
