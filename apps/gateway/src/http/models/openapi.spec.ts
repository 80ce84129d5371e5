import { expect, it } from '@jest/globals';
import { documentOfModule } from '@tokengrid/service';
import { GatewayModule } from '../../gateway.module.ts';

it('routes of models are in the OpenAPI document, with errors in the form of their API', async () => {
  const document = await documentOfModule(GatewayModule, 'gateway');
  const { responses } = document.paths['/v1/chat/completions']!.post!;
  expect(Object.keys(responses)).toEqual(
    expect.arrayContaining(['200', '400', '401', '402', '403', '404', '413', '429', '503']),
  );
  expect(JSON.stringify(responses['402'])).toContain('insufficient_quota');
  expect(JSON.stringify(document.paths['/v1/messages']!.post!.responses['402'])).toContain('billing_error');
});
