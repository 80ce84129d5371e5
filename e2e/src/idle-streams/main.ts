import { parseArgs } from 'node:util';
import { Edge } from '../edge/edge.ts';
import { HeldMemory } from './held-memory.ts';
import { complaintsOf, type Figures, idleStreams } from './proof.ts';

const help = `npm run prove:idle-streams [-- <options>]

Streams of one gateway of which nothing comes: what its process holds of them, after a collection. Ends with 1 unless
memory is flat while they idle, small for each, and free once they are over. A first round warms the process up.
  --streams <n>     streams at once (default 2000)
  --seconds <n>     time for which they idle (default 20)
  --rounds <n>      rounds after the first (default 2)`;

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '2' },
    help: { type: 'boolean', default: false },
  },
});
const print = (line: string) => process.stdout.write(`${line}\n`);
const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

function tell({ before, opened, later, closed }: Figures, streams: number): void {
  for (const kind of ['heap', 'resident'] as const) {
    const all = [before, opened, later, closed].map((held) => mebibytes(held[kind])).join(', ');
    const each = Math.round((later[kind] - before[kind]) / streams);
    print(`  ${kind}: ${all} MiB before, with, later and after; ${each} bytes a stream`);
  }
}

async function prove(): Promise<boolean> {
  const [streams, idleMs] = [Number(values.streams), Number(values.seconds) * 1000];
  const env = { NODE_OPTIONS: '--inspect-port=0', UPSTREAM_STALL_MS: '600000' };
  const edge = await Edge.open({ gateway: 1 }, env);
  try {
    const payer = await edge.payer(100_000_000_000n);
    const memory = await HeldMemory.of(edge.grid.stack.part('gateway').pids()[0]!, edge.grid.logOf('gateway'));
    let isGood = true;
    for (let round = 0; round <= Number(values.rounds); round++) {
      const figures = await idleStreams({ edge, payer, memory }, { streams, idleMs: round === 0 ? 0 : idleMs });
      print(round === 0 ? 'first round, to warm up' : `round ${round}: ${streams} streams`);
      tell(figures, streams);
      const complaints = round === 0 ? [] : complaintsOf(figures, streams);
      for (const complaint of complaints) print(`    ${complaint}`);
      isGood &&= complaints.length === 0;
    }
    memory.close();
    return isGood;
  } finally {
    await edge.close();
  }
}

if (values.help) print(help);
else process.exitCode = (await prove()) ? 0 : 1;
