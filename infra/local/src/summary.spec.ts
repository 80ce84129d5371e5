import { describe, expect, it } from '@jest/globals';
import { summary } from './summary.ts';

const run = {
  operatorApiKey: 'tg_operator_x',
  services: { wallet: 'http://127.0.0.1:8082' },
  instances: { wallet: ['http://127.0.0.1:8082', 'http://127.0.0.1:20001'] },
  kafka: { brokers: ['127.0.0.1:9092'] },
  postgres: {
    wallet: 'postgres://u:p@127.0.0.1:5432/wallet',
    'app-registry': 'postgres://u:p@127.0.0.1:5432/app_registry',
  },
  processes: {},
  supervisor: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
};

describe('the summary of a running stack', () => {
  it('lists every address and one request to try', () => {
    expect(summary(run, '/home')).toBe(`  wallet        http://127.0.0.1:8082  docs: http://127.0.0.1:8082/docs
  wallet        http://127.0.0.1:20001  docs: http://127.0.0.1:20001/docs
  postgres      postgres://u:p@127.0.0.1:5432/{wallet,app_registry}
  kafka         127.0.0.1:9092
  operator key  tg_operator_x
  home          /home (run.json has every address and pid)

Try
  curl -X PUT http://127.0.0.1:8082/v1/token-price -H 'authorization: Bearer tg_operator_x' -H 'content-type: application/json' -d '{"currency":"CNY","buy":"100","sellBack":"90"}'`);
  });
});
