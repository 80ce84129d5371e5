import { describe, expect, it } from '@jest/globals';
import { wrongEdges } from './project-graph.ts';

const tagged = (type: string) => ({ data: { tags: [`type:${type}`] } });
const nodes = {
  kernel: tagged('kernel'),
  service: tagged('service-lib'),
  wallet: tagged('service'),
  metering: tagged('service'),
};

describe('the graph of projects', () => {
  it('may have lines from services to libraries', () =>
    expect(wrongEdges({ nodes, dependencies: { wallet: [{ target: 'service' }, { target: 'npm:zod' }] } })).toEqual(
      [],
    ));

  it('has no line between services, and none out of the kernel', () =>
    expect(
      wrongEdges({ nodes, dependencies: { wallet: [{ target: 'metering' }], kernel: [{ target: 'service' }] } }),
    ).toEqual([
      'wallet depends on metering: services communicate through events only',
      'kernel depends on service: it must not depend on anything',
    ]));

  it('has no project that no rule knows', () =>
    expect(wrongEdges({ nodes: { stray: { data: {} } }, dependencies: {} })).toEqual([
      'stray has no type: tag, so its dependencies are unconstrained',
    ]));
});
