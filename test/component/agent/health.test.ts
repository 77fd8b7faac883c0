import { rmSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentNode, type AgentProcess, until } from './agent-node.ts';
import { wholeAdd } from './raw-client.ts';

let node: AgentNode;

beforeEach(() => {
  node = new AgentNode();
});
afterEach(() => node.remove());

interface Page {
  readonly status: number;
  readonly body: string;
}

function page(port: number, path: string): Promise<Page> {
  return new Promise((resolve, reject) => {
    get({ port, path, host: '127.0.0.1', agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    }).on('error', reject);
  });
}

async function startWithHealth(
  extra: readonly string[] = [],
): Promise<{ agent: AgentProcess; port: number }> {
  const agent = await node.start(['--metrics-address=127.0.0.1:0', '--install', ...extra]);
  const row = await agent.logged(({ msg }) => msg === 'health and metrics are served');
  return { agent, port: (row['address'] as { port: number }).port };
}

describe('health', () => {
  it('is ready once the installation is in order, and says what is not', async () => {
    node.write('net.d/00-multus.conf', '{"cniVersion":"0.3.1","name":"multus","type":"multus"}');
    const { port } = await startWithHealth();
    expect(await page(port, '/healthz')).toEqual({ status: 200, body: 'ok\n' });
    const shadowed = await until(async () => {
      const { body } = await page(port, '/readyz');
      return body.includes('00-multus.conf') ? body : undefined;
    }, '/readyz to name the file');
    expect(shadowed).toContain('remove it');
    expect((await page(port, '/metrics')).body).toContain('weft_conf_files_before 1');
    rmSync(`${node.root}/net.d/00-multus.conf`);
    await wholeAdd(node.socket);
    await until(
      async () => ((await page(port, '/readyz')).status === 200 ? true : undefined),
      'ready',
      15_000,
    );
    expect((await page(port, '/nothing')).status).toBe(404);
  });

  it('counts requests, and shows the counters as 0 before the first', async () => {
    const { port } = await startWithHealth();
    expect((await page(port, '/metrics')).body).toContain(
      'weft_requests_total{verb="DEL",outcome="ok",reason=""} 0',
    );
    await wholeAdd(node.socket);
    const body = await until(async () => {
      const text = (await page(port, '/metrics')).body;
      return text.includes('weft_requests_total{verb="ADD",outcome="ok",reason=""} 1') ? text : undefined;
    }, 'the request to be counted');
    expect(body).toMatch(/weft_request_duration_seconds_count\{verb="ADD",step="total"\} 1/);
    expect(body).toMatch(/weft_plans_held 0/);
    expect(body).toMatch(/weft_leftovers 0/);
    expect(body).toMatch(/weft_build_info\{version="\d+\.\d+\.\d+"\} 1/);
  });

  it('says why there is no default network', async () => {
    rmSync(`${node.root}/net.d/10-cluster.conflist`);
    const { port } = await startWithHealth();
    const ready = await page(port, '/readyz');
    expect(ready.status).toBe(503);
    expect(ready.body).toContain('default');
  });

  it('only warns of what is missing when somebody else installs', async () => {
    const { port } = await startWithHealth(['--no-install']);
    await until(async () => {
      const { status, body } = await page(port, '/readyz');
      return status === 200 && body.includes('warning: ') && body.includes('node.json') ? true : undefined;
    }, 'ready with a warning');
  });

  it('whose address is taken does not keep the agent from serving', async () => {
    const blocker = createServer();
    const port = await new Promise<number>((resolve) => {
      blocker.listen(0, '127.0.0.1', () => resolve((blocker.address() as { port: number }).port));
    });
    const agent = await node.start([`--metrics-address=127.0.0.1:${port}`]);
    await wholeAdd(node.socket);
    await agent.logged(({ msg }) => msg === 'health and metrics cannot be served, trying again');
    blocker.close();
  });
});
