import { expect, it } from '@jest/globals';
import { documentOfModule } from '@tokengrid/service';
import { GatewayModule } from '../../gateway.module.ts';

it('calls of apps are in the OpenAPI document by their methods, with any body and the refusals of the edge', async () => {
  const { paths } = await documentOfModule(GatewayModule, 'gateway');
  const [whole, below] = [paths['/apps/{slug}']!, paths['/apps/{slug}/{path}']!];
  expect(Object.keys(whole).sort()).toEqual(['delete', 'get', 'patch', 'post', 'put']);
  expect([whole.get!.operationId, below.patch!.operationId]).toEqual(['callAppByGet', 'callAppAtByPatch']);
  expect(whole.get!.requestBody).toBe(undefined);
  expect(whole.post!.requestBody).toMatchObject({ required: false, content: { 'application/octet-stream': {} } });
  expect(Object.keys(whole.post!.responses)).toEqual(
    expect.arrayContaining(['200', '400', '401', '402', '403', '404', '413', '429', '502', '503', '504']),
  );
  // Idempotency-Key and media types are matters of the app.
  expect(['406', '409', '415', '422'].filter((status) => status in whole.post!.responses)).toEqual([]);
  expect(below.get!.parameters).toMatchObject([
    { name: 'slug', in: 'path' },
    { name: 'path', in: 'path' },
    { $ref: '#/components/parameters/x-correlator' },
  ]);
});
