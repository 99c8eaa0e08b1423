import type { Json } from '@fujie/shared/core/encoding/json.ts'
import type { App } from '@fujie/shared/server/app.ts'
import { readInput } from '@fujie/shared/server/input.ts'
import * as z from 'zod/mini'
import type { ListRow } from '../contract.ts'
import { isAccreditationWanted } from '../lists/accreditations.ts'
import { isQueryWanted } from '../lists/queries.ts'
import { isRegistrationWanted } from '../lists/registrations.ts'
import { rowsOf, type ListQuery, type Row } from '../lists/rows.ts'
import { isStatusDigestWanted } from '../lists/status-digests.ts'
import { isTypeRecordWanted } from '../lists/types.ts'
import type { Reading } from '../log/registry.ts'
import { wholeNumber } from './views.ts'

const query = z.object({
  type: z.optional(z.string()),
  region: z.optional(z.string()),
  by: z.optional(z.string()),
  subject: z.optional(z.string()),
  at: z.optional(wholeNumber),
})

type TrustRow = Row<'acc'> | Row<'ver'> | Row<'qry'> | Row<'typ'> | Row<'sl'>

/** Views over records; each row names its proof, and no row counts without it. */
export function addLists(app: App, registry: Reading): void {
  const lists: Readonly<Record<string, (query: ListQuery) => Promise<readonly TrustRow[]>>> = {
    accreditations: (wanted) => rowsOf(registry, 'acc', wanted, isAccreditationWanted),
    registrations: (wanted) => rowsOf(registry, 'ver', wanted, isRegistrationWanted),
    queries: (wanted) => rowsOf(registry, 'qry', wanted, isQueryWanted),
    types: (wanted) => rowsOf(registry, 'typ', wanted, isTypeRecordWanted),
    'status-digests': (wanted) => rowsOf(registry, 'sl', wanted, isStatusDigestWanted),
  }
  for (const [name, list] of Object.entries(lists)) {
    app.get(`/lists/${name}`, async (request, reply) => {
      void reply.header('cache-control', 'no-cache')
      const rows = await list(queryOf(readInput(query, request.query)))
      return rows.map((row) => listRow(registry, row))
    })
  }
}

function queryOf(read: z.output<typeof query>): ListQuery {
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined))
}

function listRow({ states }: Reading, { ns, name, seq, id, index, updated, record }: TrustRow): ListRow {
  const { by, status, body } = record.payload
  const batch = states.recordAt(index)?.batch ?? 0
  const proof = `/proof/${ns}/${encodeURIComponent(name)}`
  return {
    index,
    id,
    ns,
    name,
    seq,
    kind: record.kind,
    batch,
    time: updated,
    by,
    status,
    body: body as unknown as Json,
    proof,
  }
}
