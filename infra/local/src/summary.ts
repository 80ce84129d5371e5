import type { RunFile } from './run-file.ts';

/**
 * Summary of a running stack for its user: every address, the documentation, the operator's key,
 * and one request to try.
 */
export function summary(run: RunFile, home: string): string {
  const lines: (readonly [string, string])[] = Object.entries(run.services).flatMap(([name, url]) =>
    (run.instances[name] ?? [url]).map((one) => [name, `${one}  docs: ${one}/docs`] as const),
  );
  if (run.paymentSandbox !== undefined) lines.push(['payments', `${run.paymentSandbox} (sandbox)`]);
  for (const url of run.modelServers ?? []) lines.push(['model server', `${url}/v1 (for development)`]);
  const servers = Map.groupBy(Object.values(run.postgres), withoutDatabase);
  for (const [server, urls] of servers) lines.push(['postgres', `${server}/{${urls.map(database).join(',')}}`]);
  lines.push(
    ['kafka', run.kafka.brokers.join(',')],
    ['operator key', run.operatorApiKey],
    ['home', `${home} (run.json has every address and pid)`],
  );
  const table = lines.map(([name, value]) => `  ${name.padEnd(13)} ${value}`).join('\n');
  const request = requestToTry(run);
  return request === undefined ? table : `${table}\n\nTry\n  ${request}`;
}

function requestToTry({ services, operatorApiKey }: RunFile): string | undefined {
  const [wallet, registry] = [services['wallet'], services['app-registry']];
  if (wallet) {
    return (
      `curl -X PUT ${wallet}/v1/token-price -H 'authorization: Bearer ${operatorApiKey}' ` +
      `-H 'content-type: application/json' -d '{"currency":"CNY","buy":"100","sellBack":"90"}'`
    );
  }
  return registry && `curl ${registry}/v1/catalog`;
}

/** URL without the database, but with the password: it is to be pasted. */
function withoutDatabase(url: string): string {
  return url.slice(0, url.lastIndexOf('/'));
}

function database(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
