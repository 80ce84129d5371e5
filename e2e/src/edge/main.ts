import { parseArgs } from 'node:util';
import { Edge } from './edge.ts';
import { good, killable, round } from './rounds.ts';

const help = `npm run prove:edge [-- <options>]

A wallet good for exactly ${good} requests, and ten times as many at once over two gateways: plainly, then while a process of the gateway,
of metering or of the wallet, Kafka or Postgres is killed and started again. Ends with 1 unless what is served is what is charged, every time, never more than
there was, and nobody is refused while tokens lie unused.
  --rounds <n>      rounds of each (default 20)
  --only <text>     only kills of what has it in its name`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    only: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
});
const print = (line: string) => process.stdout.write(`${line}\n`);

async function prove(): Promise<boolean> {
  const edge = await Edge.open({ gateway: 2, metering: 2 });
  try {
    let all = true;
    for (const killed of killable.filter((each) => each.includes(values.only))) {
      let exact = 0;
      for (let count = 1; count <= Number(values.rounds); count++) {
        const { served, refused, left, milliseconds, complaints } = await round(edge, killed);
        if (complaints.length === 0) exact += 1;
        const figures = `${served} served, ${refused} refused, ${left} µAIT left, ${Math.round(milliseconds)} ms`;
        print(`  killed: ${killed}, round ${count}: ${figures}`);
        for (const complaint of complaints) print(`    ${complaint}`);
      }
      print(`killed: ${killed}: ${exact} of ${values.rounds} rounds as they have to be`);
      all &&= exact === Number(values.rounds);
    }
    return all;
  } finally {
    await edge.close();
  }
}

if (values.help) print(help);
else process.exitCode = (await prove()) ? 0 : 1;
