import { PassThrough } from 'node:stream'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { isFujieDid } from '@fujie/shared/core/did/fujie.ts'
import type { App } from '@fujie/shared/server/app.ts'
import { readInput } from '@fujie/shared/server/input.ts'
import * as z from 'zod/mini'
import type { EventView, SearchHit, Stats } from '../contract.ts'
import { rowsOf } from '../lists/rows.ts'
import type { RegistryEvent } from '../log/ports.ts'
import type { Reading } from '../log/registry.ts'
import { anchorView, pageQuery, recordView } from './views.ts'

/** What the explorer alone needs: counts, a search, the newest records, and the stream of what happens. */
export function addExplorer(app: App, registry: Reading): void {
  const { sequencer, states, events, anchorer } = registry

  app.get('/stats', (_request, reply): Stats => {
    void reply.header('cache-control', 'no-cache')
    const { head, seal, origin, log, stampedAt, note } = sequencer.snapshot
    const { newest, alarm } = anchorer
    return {
      log,
      origin,
      logKeys: sequencer.policy?.logKeys ?? [],
      trust: sequencer.policy?.trust ?? '',
      note,
      size: head.size,
      root: encodeBase64url(head.root),
      time: stampedAt,
      records: head.size - seal.batch,
      names: seal.leaves,
      dids: states.dids(),
      batches: seal.batch,
      ...(newest && { anchored: anchorView(newest) }),
      ledger: anchorer.ledger === 'file' ? 'file' : 'evm',
      ...(alarm && { ledgerAlarm: alarm }),
    }
  })

  app.get('/records', (request) => {
    const { before, limit } = readInput(pageQuery, request.query)
    return states.newest(Math.min(before, sequencer.snapshot.head.size), limit).map(recordView)
  })

  app.get('/search', async (request, reply) => {
    const { q } = readInput(z.object({ q: z.string().check(z.minLength(1), z.maxLength(512)) }), request.query)
    void reply.header('cache-control', 'no-cache')
    return (await search(registry, q.trim())).slice(0, 50)
  })

  app.get('/events', (request, reply) => {
    const stream = new PassThrough()
    const stop = events.listen((event) => write(stream, event))
    const beat = setInterval(() => stream.write(': still here\n\n'), 15_000)
    const end = () => {
      clearInterval(beat)
      stop()
      stream.destroy()
    }
    request.raw.on('close', end)
    stream.write(': open\n\n')
    return reply.type('text/event-stream').header('cache-control', 'no-store').send(stream)
  })
}

/** A reader that does not keep up is let go: it comes back and reads what it missed. */
function write(stream: PassThrough, event: RegistryEvent): void {
  const view: EventView = event
  if (stream.writableNeedDrain) stream.end()
  else stream.write(`data: ${JSON.stringify(view)}\n\n`)
}

async function search(registry: Reading, q: string): Promise<SearchHit[]> {
  const { states, sequencer, anchorer } = registry
  const { size } = sequencer.snapshot.head
  const did = q.split(/[#:]/).slice(0, 3).join(':')
  if (isFujieDid(did))
    return states.findAt('did', did, size)
      ? [{ kind: 'did', ns: 'did', name: did }, ...(await named(registry, did))]
      : []
  if (/^[0-9]{1,15}$/.test(q)) return numbered(registry, Number(q))
  const row = /^[A-Za-z0-9_-]{43}$/.test(q) ? states.record(q) : undefined
  const anchor = anchorer.list(Number.MAX_SAFE_INTEGER, 1_000).find(({ tx }) => tx === q)
  if (row !== undefined) return [{ kind: 'record', ns: row.ns, name: row.name, index: row.index }]
  return anchor === undefined ? named(registry, q) : [{ kind: 'anchor', size: anchor.size }]
}

function numbered({ states, sequencer }: Reading, number: number): SearchHit[] {
  const { size } = sequencer.snapshot.head
  const row = number < size ? states.recordAt(number) : undefined
  const sealed = states
    .batches(Number.MAX_SAFE_INTEGER, 1_000)
    .some((seal) => seal.first + seal.count + 1 === number && number <= size)
  return [
    ...(sealed ? [{ kind: 'checkpoint', size: number } as const] : []),
    ...(row ? [{ kind: 'record', ns: row.ns, name: row.name, index: row.index } as const] : []),
  ]
}

/** Names of verifiers, types, lists and accreditations in which the words stand. */
async function named(registry: Reading, words: string): Promise<SearchHit[]> {
  const has = (text: string) => text.toLowerCase().includes(words.toLowerCase())
  const verifiers = await rowsOf(registry, 'ver', {}, ({ name, record }) => {
    const { names } = record.payload.body
    return has(name) || has(names['zh-CN']) || has(names.en)
  })
  const others = await Promise.all(
    (['acc', 'qry', 'typ', 'sl'] as const).map((kind) => rowsOf(registry, kind, {}, ({ name }) => has(name))),
  )
  return [
    ...verifiers.map(({ ns, name, record }): SearchHit => ({
      kind: 'name',
      ns,
      name,
      words: record.payload.body.names,
    })),
    ...others.flat().map(({ ns, name }): SearchHit => ({ kind: 'name', ns, name })),
  ]
}
