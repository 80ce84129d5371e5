import { expect, it } from '@jest/globals';
import { call } from './specimen/call.ts';
import { runJars } from './specimen/run-jars.ts';

it('metrics count requests by route and status, not by path, and have what Node measures', async () => {
  const jars = await runJars();
  await call(`${jars.url}/v1/jars/a/fillings`, 'POST', { tokens: '1' });
  await call(`${jars.url}/v1/jars/b/fillings`, 'POST', { tokens: '1' });
  await call(`${jars.url}/v1/jars/b/fillings`, 'POST', { tokens: 1 });
  await call(`${jars.url}/${Math.random()}`);
  const response = await fetch(`${jars.url}/metrics`);
  const metrics = await response.text();
  expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
  const count = (route: string, status: number) =>
    `http_request_duration_seconds_count{service="jars",route="${route}",status="${status}"}`;
  expect(metrics).toContain(`${count('POST /v1/jars/:jarId/fillings', 201)} 2\n`);
  expect(metrics).toContain(`${count('POST /v1/jars/:jarId/fillings', 400)} 1\n`);
  expect(metrics).toContain(`${count('unknown', 404)} 1\n`);
  expect(metrics).toContain('nodejs_eventloop_lag_seconds');
  await jars.close();
});
