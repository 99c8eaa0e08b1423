import pino, { type Logger } from 'pino'

export type Log = Logger

/** The members a log line may have: no free text, no query, no token, no claim (security design, 8). */
const fields = [
  'level',
  'time',
  'role',
  'event',
  'id',
  'code',
  'route',
  'status',
  'size',
  'ms',
  'object',
  'address',
] as const

/** A log of one role on standard error, or of nothing at all. */
export function createLog(role: string, options: { readonly level?: 'silent' | 'info' | 'error' } = {}): Log {
  return pino(
    {
      level: options.level ?? 'error',
      base: { role },
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { log: closed },
      serializers: {
        err: (error: unknown) =>
          error instanceof Error ? { name: error.name, stack: error.stack } : { name: 'unknown' },
      },
    },
    pino.destination(2),
  )
}

function closed(line: Record<string, unknown>): Record<string, unknown> {
  const known = Object.entries(line).filter(([name]) => name === 'err' || fields.some((field) => field === name))
  return Object.fromEntries(known)
}
