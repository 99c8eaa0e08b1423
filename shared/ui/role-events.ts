import type { output, ZodMiniType } from 'zod/mini'

/** What a page does with the events of its own server. */
export interface Listener<Event> {
  /** Each event, in order; one that is none of the contract's is passed over. */
  onevent(event: Event): void
  /** The stream ended and will not come again: it was refused, or is over. */
  onend(): void
}

/**
 * Listens to a stream of events of the page's own server, and again after a break of the connection.
 *
 * The answer stops listening; nothing is called after it.
 */
export function listenToRole<Schema extends ZodMiniType>(
  path: string,
  schema: Schema,
  listener: Listener<output<Schema>>,
): () => void {
  const source = new EventSource(path)
  source.onmessage = ({ data }: MessageEvent<string>) => {
    const read = schema.safeParse(jsonOf(data))
    if (read.success) listener.onevent(read.data)
  }
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) listener.onend()
  }
  return () => source.close()
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
