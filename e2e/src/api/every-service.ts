import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually, expectInvalid, expectProblem, hasStatus, isReady } from './expectations.ts';
import { services, type Tokengrid } from './tokengrid.ts';

const megabyte = 1024 * 1024;

/**
 * Tables of read models: all that hold neither a service's store nor its work. A table missing here
 * would not be rebuilt either.
 */
const tablesOfReadModels = `
  select relname as name from pg_class
  where relkind = 'r' and relnamespace = current_schema()::regnamespace and relname <> all (array[
    'migrations', 'event_store', 'lanes', 'events', 'commands', 'command_claims', 'streams', 'relays', 'lease_holders', 'leases',
    'subscriber_marks', 'parked_events', 'lost_rows', 'watched_tables', 'issued_secrets', 'payment_requests',
    'usage_alert_looks', 'sealed_credentials', 'gateway_processes', 'checkpoints', 'key_uses', 'app_signing_keys', 'oauth_states', 'kept_answers',
    'kept_bytes'])`;

/** Rules at the edge of each service. */
export function everyService(grid: () => Tokengrid): void {
  describe.each(services)('%s', (service) => {
    const at = () => grid().at(service);

    it('says that it is alive and ready, and counts for Prometheus', async () => {
      expect((await at().get('/health/live')).body).toEqual({ status: 'live' });
      expect((await eventually(() => at().get('/health/ready'), isReady)).body).toMatchObject({ reasons: [] });
      const metrics = await at().get('/metrics');
      expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/);
      expect(metrics.body['text']).toContain('process_cpu_seconds_total');
    });

    it('documents itself', async () => {
      const { body } = await at().get('/openapi.json');
      expect(body['openapi']).toMatch(/^3\.1/);
      expect((await fetch(`${at().address}/docs`)).status).toBe(200);
    });

    it('echoes a correlator, or makes one', async () => {
      const sent = await at().call('GET', '/health/live', { headers: { 'x-correlator': 'order-17' } });
      expect(sent.headers.get('x-correlator')).toBe('order-17');
      expect((await at().get('/health/live')).headers.get('x-correlator')).toBeTruthy();
      expectInvalid(await at().call('GET', '/health/live', { headers: { 'x-correlator': 'x'.repeat(300) } }));
    });

    it('tells unknown paths and methods as problems', async () => {
      expectProblem(await at().get('/v1/nothing', grid().operatorKey), 404, 'NOT_FOUND');
      expectProblem(await at().call('PATCH', '/health/live', {}), 405, 'METHOD_NOT_ALLOWED');
      expectProblem(await at().get(`/v1/commands/${randomUUID()}`, grid().operatorKey), 404, 'NOT_FOUND');
    });

    it('takes no key that it does not know', async () => {
      for (const key of ['nonsense', `tg_${'A'.repeat(43)}`, 'x'.repeat(5000)]) {
        expectProblem(await at().get(`/v1/commands/${randomUUID()}`, key), 401, 'UNAUTHENTICATED');
      }
    });

    it('answers 503 and names each read model that lost its rows alone, until they are rebuilt', async () => {
      const database = new pg.Pool({ connectionString: grid().stack.run.postgres[service]! });
      try {
        const { rows } = await database.query<{ name: string }>(tablesOfReadModels);
        expect(rows.map(({ name }) => name)).toContain('api_keys');
        await database.query(`truncate ${rows.map(({ name }) => name).join(', ')}`);
        const { body } = await eventually(() => at().get('/health/ready'), hasStatus(503));
        for (const { name } of rows)
          expect(body['reasons']).toContainEqual(
            expect.stringMatching(new RegExp(`^the table ${name} has lost rows .*: run rebuild ${service} `)),
          );
        expectProblem(await at().get(`/v1/commands/${randomUUID()}`, grid().operatorKey), 503, 'UNAVAILABLE');
      } finally {
        await database.end();
      }
      expect(await grid().tokengrid('rebuild', service)).toMatchObject({ exitCode: 0 });
      expect((await eventually(() => at().get('/health/ready'), isReady)).body).toMatchObject({ reasons: [] });
      expectProblem(await at().get(`/v1/commands/${randomUUID()}`, grid().operatorKey), 404, 'NOT_FOUND');
    });

    it('survives ids of any kind', async () => {
      for (const id of ['..%2f..%2fetc%2fpasswd', '%00', '%ff', "'%20or%201=1", 'x'.repeat(3000)]) {
        const { status } = await at().get(`/v1/commands/${id}`, grid().operatorKey);
        expect([400, 404, 414]).toContain(status);
      }
    });
  });

  describe('a body', () => {
    const put = (raw: string, contentType?: string) =>
      grid()
        .at('wallet')
        .put('/v1/capacity', grid().operatorKey, undefined, { raw, ...(contentType !== undefined && { contentType }) });

    it('of 20 MB is refused so that the client gets to see it', async () => {
      expectProblem(await put('x'.repeat(20 * megabyte)), 413, 'PAYLOAD_TOO_LARGE');
      const events = grid().at('metering');
      const batch = { raw: 'x'.repeat(20 * megabyte), contentType: 'application/cloudevents-batch+json' };
      expectProblem(await events.post('/v1/events', grid().operatorKey, undefined, batch), 413, 'PAYLOAD_TOO_LARGE');
    });

    it('that is not JSON is refused', async () => {
      for (const raw of ['{"tokens":', '\ufeff{}', '{"tokens":"1"}x', '']) expectInvalid(await put(raw));
      expectInvalid(await put('['.repeat(100_000) + ']'.repeat(100_000)));
      expectProblem(await put('tokens=1', 'application/x-www-form-urlencoded'), 415, 'UNSUPPORTED_MEDIA_TYPE');
      expectProblem(await put('{"tokens":"1"}', 'text/plain'), 415, 'UNSUPPORTED_MEDIA_TYPE');
    });

    it('with unknown fields, NUL characters or half a surrogate pair is refused, and the place named', async () => {
      expectInvalid(await put('{"tokens":"1","unit":"AIT"}'), '/unit');
      expectInvalid(await put('{"tokens":"1\\u0000"}'), '/tokens');
      expectInvalid(await put('{"tokens":"\\ud800"}'), '/tokens');
      expectInvalid(await put('{"__proto__":{"tokens":"1"}}'), '/__proto__');
    });
  });
}
