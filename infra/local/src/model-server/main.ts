/** A model server for development as a process of its own, configured by its environment. */
import { ModelServer } from './model-server.ts';

const { PORT = '0', MODELS, FIRST_UNIT_MS = '50', UNIT_MS = '10' } = process.env;
if (!MODELS) {
  console.error('MODELS has to be set: names of models, separated by commas, or *');
  process.exit(78);
}

const server = new ModelServer({
  port: Number(PORT),
  models: MODELS.split(','),
  firstUnitMs: Number(FIRST_UNIT_MS),
  unitMs: Number(UNIT_MS),
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void server.stop());
await server.start();
console.log(`the model server for development listens at ${server.url}`);
