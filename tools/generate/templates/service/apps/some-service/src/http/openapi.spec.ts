import { expect, it } from '@jest/globals';
import { documentFaults, documentOfModule } from '@tokengrid/service';
import { SomeServiceModule } from '../some-service.module.ts';

it('the OpenAPI document has every route, and nothing that generators of clients stumble over', async () => {
  const document = await documentOfModule(SomeServiceModule, 'some-service');
  expect(Object.keys(document.paths)).toContain('/v1/some-streams');
  expect(documentFaults(document)).toEqual([]);
});
