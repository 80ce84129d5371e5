import { describe, expect, it } from '@jest/globals';
import { ReportReceived } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { receiveReport } from './receive-report.ts';
import { report } from '../state/report.ts';

const given = givenFor(report);
const data = {
  reportId: 'rpt_0000000000000000000000000a',
  reportedBy: 'operator',
  events: 2,
  rejected: [{ index: 1, code: 'METERING.MISSING' as const, where: '/id' }],
};

describe('receiveReport', () => {
  it('records what a report holds and what of it was rejected', () => {
    given().when(receiveReport, data).then(ReportReceived(data));
  });

  it('takes a report once', () => {
    expect(() => given(ReportReceived(data)).when(receiveReport, data)).toThrow('under another command');
  });
});
