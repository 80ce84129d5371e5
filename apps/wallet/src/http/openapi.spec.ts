import { existsSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { documentFaults, documentOfModule } from '@tokengrid/service';
import { walletApi } from '../api.ts';
import { WalletModule } from '../wallet.module.ts';

it('the OpenAPI document has every route, and nothing that generators of clients stumble over', async () => {
  const document = await documentOfModule(WalletModule, 'wallet');
  expect(Object.keys(document.paths).filter((path) => path.startsWith('/v1/')).length).toBeGreaterThan(3);
  expect(documentFaults(document)).toEqual([]);
});

it('each resource of the API has a folder of its name, with its controller', () => {
  const missing = Object.keys(walletApi.resources).filter(
    (name) => !existsSync(new URL(`${name}/${name}.controller.ts`, import.meta.url)),
  );
  expect(missing).toEqual([]);
});
