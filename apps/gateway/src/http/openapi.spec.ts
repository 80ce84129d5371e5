import { expect, it } from '@jest/globals';
import { documentFaults, documentOfModule } from '@tokengrid/service';
import { GatewayModule } from '../gateway.module.ts';

it('the OpenAPI document has every route, and nothing that generators of clients stumble over', async () => {
  const document = await documentOfModule(GatewayModule, 'gateway');
  expect(documentFaults(document)).toEqual([]);
});
