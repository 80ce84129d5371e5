/** The SDK of OpenAI for Python, unchanged, at a gateway on a whole stack. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Edge, unitPrices } from '../edge/edge.ts';
import { registerSubscriber } from '../api/parties.ts';
import { hasStatus, eventually } from '../api/eventually.ts';

const program = fileURLToPath(new URL('../../src/python-sdk/openai_sdk.py', import.meta.url));
const bought = 10_000_000n;

/** @param python a Python that has the SDK. @returns exit code of the program */
function run(python: string, env: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(python, [program], { env: { ...process.env, ...env }, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('exit', (code) => resolve(code ?? 1));
  });
}

/** True if all is as it has to be. */
async function prove(python: string): Promise<boolean> {
  const edge = await Edge.open({ gateway: 1 });
  try {
    const [gateway] = edge.grid.gateways;
    const [payer, poor] = await Promise.all([edge.payer(bought), registerSubscriber(edge.grid)]);
    const limits = { name: 'one stream', scopes: ['gateway:completions:write'], streams: 1 };
    const path = `/v1/parties/${payer.partyId}/api-keys`;
    const { body } = await edge.grid.at('identity').post(path, payer.key, limits);
    const limited = String(body['secret']);
    for (const key of [limited, poor.key]) await eventually(() => gateway!.get('/v1/models', key), hasStatus(200));
    const code = await run(python, {
      ...{ BASE_URL: `${gateway!.address}/v1`, MODEL: edge.model },
      ...{ API_KEY: payer.key, LIMITED_KEY: limited, POOR_KEY: poor.key },
      INPUT_PRICE: String(unitPrices.input_tokens),
      OUTPUT_PRICE: String(unitPrices.output_tokens),
    });
    const spent = bought - (await edge.settled(payer));
    const listed = await edge.spentBy(payer);
    process.stdout.write(`${spent} µAIT were taken of the wallet, ${listed} for requests that are listed\n`);
    return code === 0 && spent === listed;
  } finally {
    await edge.close();
  }
}

const [, , python = 'python3'] = process.argv;
process.exitCode = (await prove(python)) ? 0 : 1;
