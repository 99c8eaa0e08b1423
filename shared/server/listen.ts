import { Fault } from '../core/fault.ts'
import type { App } from './app.ts'

/**
 * Opens a server on a port of the loopback interface and returns its origin.
 *
 * @throws Fault `start.port_in_use`
 */
export async function listenOnLoopback(app: App, port: number): Promise<string> {
  try {
    await app.listen({ host: '127.0.0.1', port })
  } catch (cause) {
    if (isPortTaken(cause)) throw new Fault('start.port_in_use', { port }, { cause })
    throw cause
  }
  const address = app.server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`
}

function isPortTaken(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  return code === 'EADDRINUSE' || code === 'EACCES'
}
