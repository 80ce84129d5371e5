import { baseConfig } from '../config/base-config.ts';
import type { OpenParts } from '../parts.ts';
import { startService } from '../start-service.ts';
import { JarsModule } from './jars.ts';
import { inMemoryParts, newWorld } from './run-jars.ts';

// A process for the specs of `startService`. `BROKEN`: its parts do not open. `AWAY`: Kafka goes
// away after opening and comes back on SIGUSR2.
const { BROKEN, AWAY } = process.env;
const world = newWorld();

const openParts: OpenParts = async (environment) => {
  if (BROKEN !== undefined) throw new Error('the parts are broken');
  const parts = await inMemoryParts(world)(environment);
  world.kafka.away = AWAY !== undefined;
  return parts;
};
process.on('SIGUSR2', () => (world.kafka.away = false));

await startService({ name: 'jars', module: JarsModule, config: baseConfig, openParts });
