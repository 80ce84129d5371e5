import { readFile } from 'node:fs/promises';
import { eventually as until } from '@tokengrid/infra-local/testing';
import { WebSocket } from 'undici';

/** Memory of a process after a collection, in bytes. */
export interface Held {
  /** Objects and buffers that are alive. */
  readonly heap: number;
  /** All memory that the process has of the system. */
  readonly resident: number;
}

/** Maximum number of collections for one figure; one leaves dead buffers for the next. */
const collections = 3;
const announced = /Debugger listening on (ws:\/\/\S+)/g;

/**
 * The inspector of another process of Node, which was started with `--inspect-port=0`: it listens
 * once it is asked to, on this machine alone.
 */
export class HeldMemory {
  private asked = 0;

  private constructor(private readonly socket: WebSocket) {}

  /** @param log path of the process's output, in which its inspector states its address */
  static async of(pid: number, log: string): Promise<HeldMemory> {
    process.kill(pid, 'SIGUSR1');
    const addressIn = (text: string) => [...text.matchAll(announced)].at(-1)?.[1];
    await until(async () => addressIn(await readFile(log, 'utf8')) !== undefined);
    const address = addressIn(await readFile(log, 'utf8'))!;
    const socket = new WebSocket(address);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('error', () => reject(new Error(`no inspector at ${address}`)));
    });
    return new HeldMemory(socket);
  }

  async look(): Promise<Held> {
    for (let count = 0; count < collections; count++) await this.ask('HeapProfiler.collectGarbage');
    const expression = 'JSON.stringify(process.memoryUsage())';
    const { result } = (await this.ask('Runtime.evaluate', { expression })) as { result: { value: string } };
    const { heapUsed, external, rss } = JSON.parse(result.value) as NodeJS.MemoryUsage;
    return { heap: heapUsed + external, resident: rss };
  }

  close(): void {
    this.socket.close();
  }

  private ask(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.asked;
    return new Promise((resolve, reject) => {
      const answered = ({ data }: { readonly data: unknown }) => {
        const answer = JSON.parse(String(data)) as { id?: number; result?: unknown; error?: { message: string } };
        if (answer.id !== id) return;
        this.socket.removeEventListener('message', answered);
        if (answer.error) reject(new Error(answer.error.message));
        else resolve(answer.result);
      };
      this.socket.addEventListener('message', answered);
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }
}
