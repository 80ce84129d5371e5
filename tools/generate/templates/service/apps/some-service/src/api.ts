import type { ServiceApi } from '@tokengrid/service';

/** Texts of the OpenAPI document. */
export const someServiceApi: ServiceApi = {
  about: 'Keeps some streams.',
  resources: {
    'some-streams': 'Some streams of the operator',
  },
  terms: {
    someStreamId: { description: 'Id of the some stream', example: 'some-prefix_01jzx0000000000000000000ab' },
  },
};
