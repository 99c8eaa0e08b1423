import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { bundleTypes, formatProofBundleCbor, proofBundleBytes } from '@fujie/shared/core/log/bundle.ts'
import { formatPointInTime } from '@fujie/shared/core/log/point-in-time.ts'
import { entryKind } from '@fujie/shared/core/log/seal.ts'
import type { App } from '@fujie/shared/server/app.ts'
import { readInput } from '@fujie/shared/server/input.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import * as z from 'zod/mini'
import type { VersionView } from '../contract.ts'
import { readRecord } from '../log/known-states.ts'
import { proveAt } from '../log/past.ts'
import { proveConsistency, proveInclusion, proveState } from '../log/prove.ts'
import type { Reading } from '../log/registry.ts'
import { namespaceOf, pageQuery, recordView, stageOf, wholeNumber } from './views.ts'

interface Named {
  Params: { ns: string; name: string }
}

/** Proofs of states, entries and growth, all under the newest published checkpoint. */
export function addProofs(app: App, registry: Reading): void {
  const { sequencer, states } = registry
  const prove = (ns: string, name: string) => {
    const { snapshot, entries } = sequencer
    const anchor = registry.anchorer.of(snapshot.head.size)
    return proveState({ snapshot, states, entries, anchor }, namespaceOf(ns), name)
  }

  app.get<Named>('/proof/:ns/:name', async (request, reply) => {
    const bundle = await prove(request.params.ns, request.params.name)
    void reply.header('cache-control', 'no-cache').header('vary', 'accept')
    if (request.headers.accept?.includes(bundleTypes.cbor) === true) {
      return reply.type(bundleTypes.cbor).send(Buffer.from(formatProofBundleCbor(bundle)))
    }
    return reply.type(bundleTypes.json).send(Buffer.from(proofBundleBytes(bundle)))
  })

  app.get<Named>('/history/:ns/:name', async (request) => {
    const ns = namespaceOf(request.params.ns)
    const { before, limit } = readInput(pageQuery, request.query)
    const rows = states.history(ns, request.params.name, Math.min(before, sequencer.snapshot.head.size), limit)
    return Promise.all(
      rows.map(async (row): Promise<VersionView> => {
        const { text } = await readRecord(sequencer.entries, row.index)
        return { ...recordView(row), stage: stageOf(registry, row.index), record: text }
      }),
    )
  })

  app.get<{ Params: Named['Params'] & { at: string } }>('/history/:ns/:name/at/:at', async (request, reply) => {
    const ns = namespaceOf(request.params.ns)
    const at = readInput(wholeNumber, request.params.at)
    const proof = await proveAt(registry, ns, request.params.name, at)
    void reply.header('cache-control', 'no-cache').type(bundleTypes.json)
    return reply.send(Buffer.from(JSON.stringify(formatPointInTime(proof))))
  })

  app.get<{ Params: { index: string } }>('/entries/:index', async (request) => {
    const index = readInput(wholeNumber, request.params.index)
    const { snapshot } = sequencer
    const { path, size } = proveInclusion(snapshot, index)
    const entry = await sequencer.entries.read(index)
    const row = states.recordAt(index)
    return {
      index,
      kind: entryKind(entry),
      entry: utf8Text(entry),
      ...(row && { record: recordView(row) }),
      size,
      root: encodeBase64url(snapshot.head.root),
      path: path.map(encodeBase64url),
    }
  })

  app.get('/consistency', (request) => {
    const { from, to } = readInput(z.object({ from: wholeNumber, to: wholeNumber }), request.query)
    const { path } = proveConsistency(sequencer.snapshot, from, to)
    return { from, to, path: path.map(encodeBase64url), root: encodeBase64url(sequencer.rootAt(to)) }
  })

  app.get<{ Params: { thumbprint: string } }>('/recovery/:thumbprint', (request) => ({
    dids: states.recoverable(request.params.thumbprint),
  }))

  app.get('/policy', async (_request, reply) => {
    void reply.header('cache-control', 'no-cache').type(bundleTypes.json)
    return reply.send(Buffer.from(proofBundleBytes(await prove('pol', 'main'))))
  })

  app.get('/policy.txt', (_request, reply) => {
    const { policy } = sequencer
    if (policy === undefined) throw new Fault('record.not_found')
    return reply.type('text/plain; charset=utf-8').send(policy.trust)
  })
}
