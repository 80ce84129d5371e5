import { appendTwice, breakAppends, breakStatements, FaultPoints } from './fault-points.ts';
import type { Answer, FromProcess, PurseProcessConfig, Request, TicketedRequest } from './messages.ts';
import { PurseService } from './purse-service.ts';

/**
 * A process of the purse service, to be killed: takes commands over IPC and answers with their
 * outcomes.
 */
const config = JSON.parse(process.argv[2]!) as PurseProcessConfig;
const faults = new FaultPoints();
const passedOver: string[] = [];
let skewMs = config.clockSkewMs ?? 0;
const machineNow = Date.now.bind(Date);
// Every reader of the clock in this process gets the wrong time.
Date.now = () => machineNow() + skewMs;
const tell = (message: FromProcess) => void process.send?.(message);

// Its parent is gone.
process.once('disconnect', () => process.exit(0));

const service = await PurseService.open({
  ...config,
  around: (log) => breakAppends(config.appendsTwice ? appendTwice(log) : log, faults),
  prepare: (pool) => breakStatements(pool, faults),
  subscriberObserver: {
    malformed: (subscriber, lane, offset, reason) => passedOver.push(`${subscriber}, ${lane}/${offset}: ${reason}`),
  },
});

async function answer(request: Request): Promise<Answer> {
  switch (request.kind) {
    case 'command':
      return { kind: 'outcome', outcome: await service.submit(request.command) };
    case 'arm':
      faults.arm(request.fault);
      return { kind: 'sentences', sentences: [] };
    case 'disarm':
      faults.disarm();
      return { kind: 'sentences', sentences: [] };
    case 'step-clock':
      skewMs = request.toMs;
      return { kind: 'sentences', sentences: [] };
    case 'problems':
      return { kind: 'sentences', sentences: service.problems() };
    case 'passed-over':
      return { kind: 'sentences', sentences: passedOver };
  }
}

process.on('message', ({ ticket, request }: TicketedRequest) => {
  void answer(request).then(
    (given) => tell({ ticket, answer: given }),
    ({ name, message }: Error) => tell({ ticket, answer: { kind: 'failure', name, message } }),
  );
});
tell({ holder: service.holder });
