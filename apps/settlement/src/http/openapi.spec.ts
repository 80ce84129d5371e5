import { expect, it } from '@jest/globals';
import { documentFaults, documentOfModule } from '@tokengrid/service';
import { SettlementModule } from '../settlement.module.ts';

it('the OpenAPI document has every route, and nothing that generators of clients stumble over', async () => {
  const document = await documentOfModule(SettlementModule, 'settlement');
  expect(Object.keys(document.paths).filter((path) => path.startsWith('/v1/')).length).toBeGreaterThan(3);
  expect(documentFaults(document)).toEqual([]);
});
