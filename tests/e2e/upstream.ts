import { createServer, IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that reached the server. */
export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
}

/** A server with the Prometheus HTTP API and one series. It records the requests that it receives. */
export interface Upstream {
  url: string;
  received: Received[];
  close(): Promise<void>;
}

export async function startUpstream(): Promise<Upstream> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url!, 'http://upstream').pathname;
    received.push({ path, headers: request.headers });
    request.resume().on('end', () => {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ status: 'success', data: responseData(path) }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function responseData(path: string): unknown {
  const now = Date.now() / 1000;
  switch (path) {
    case '/api/v1/query':
      return { resultType: 'vector', result: [{ metric: {}, value: [now, '1'] }] };
    case '/api/v1/query_range':
      return { resultType: 'matrix', result: [{ metric: {}, values: [[now, '1']] }] };
    case '/api/v1/status/buildinfo':
      return { version: '3.0.0' };
    default:
      return [];
  }
}
